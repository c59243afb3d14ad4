import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { ownFolder } from "./harness/files.ts";
import { pathWithCommand } from "./harness/shell.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const PATH = pathWithCommand(ownFolder());
const ENVIRONMENT = ["PATH", "HOME", "TMPDIR"] as const;

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ seed: 11, starts: { UPDATE_RESOURCES: { durationMs: 300 } } });
});

afterAll(() => emulator.stop());

/** Resolves once the service was asked. */
async function asked(action: string, taskId?: string): Promise<void> {
  await expect
    .poll(() => emulator.requests().filter((one) => one.action === action && one.taskId === taskId).length)
    .toBeGreaterThan(0);
}

/** A shell example, with the built command on its path. */
async function shellExample(name: string) {
  return await run(join(ROOT, "examples", name), { env: { ...emulator.env, PATH } });
}

async function example(name: string, ...args: string[]) {
  const inherited = Object.fromEntries(ENVIRONMENT.map((key) => [key, process.env[key]]));
  const options = { cwd: ROOT, env: { ...inherited, ...emulator.env } };
  try {
    const { stdout, stderr } = await run(process.execPath, [join("examples", name), ...args], options);
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}

describe("the examples of README and docs", () => {
  it("await-a-task prints the result of a task that completes", async () => {
    emulator.world.addTask({ taskId: "t-ok", durationMs: 200, result: { resourceCounts: [] } });

    const { exitCode, stdout } = await example("await-a-task.mjs", "t-ok");

    expect(exitCode).toBe(0);
    expect(stdout).toContain("resourceCounts");
  });

  it("await-a-task tells a failed task from a task that can't be seen, by its exit code", async () => {
    emulator.world.addTask({ taskId: "t-bad", durationMs: 50, status: "FAILED" });

    expect(await example("await-a-task.mjs", "t-bad")).toMatchObject({ exitCode: 1 });
    expect(await example("await-a-task.mjs", "../odd")).toMatchObject({ exitCode: 2 });
  });

  it("follow-a-task prints every change and the end", async () => {
    emulator.world.addTask({ taskId: "t-follow", durationMs: 3_600_000 });

    const ended = example("follow-a-task.mjs", "t-follow");
    await asked("DescribeTask", "t-follow");
    emulator.world.end("t-follow", "COMPLETE");
    const { exitCode, stdout } = await ended;

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/RUNNING/);
    expect(stdout.trim().split("\n").slice(-2)).toEqual(["COMPLETE 100", "ended: complete"]);
  });

  it("many-tasks waits for all that run, and fails when one of them does", async () => {
    emulator.world.addTask({ taskId: "t-many-1", durationMs: 3_600_000 });
    emulator.world.addTask({ taskId: "t-many-2", durationMs: 3_600_000 });

    const ended = example("many-tasks.mjs");
    await asked("DescribeTasks");
    emulator.world.end("t-many-1", "COMPLETE");
    emulator.world.cancel("t-many-2");
    const { exitCode, stdout } = await ended;

    expect(exitCode).toBe(1);
    expect(stdout.trim().split("\n").sort()).toEqual(["t-many-1 complete", "t-many-2 canceled"]);
  });

  it("run-a-task starts one task and prints its result", async () => {
    const before = emulator.world.tasks().length;

    const { exitCode, stdout, stderr } = await example("run-a-task.mjs");

    expect(exitCode).toBe(0);
    expect(stdout).toContain("ACS::ECS::Instance");
    expect(stderr).toMatch(/attempt 1: t-/);
    expect(emulator.world.tasks().length).toBe(before + 1);
  });
});

describe("the shell example of README", () => {
  it("starts a task, waits for it, and goes on", async () => {
    const { stdout } = await shellExample("wait.sh");

    expect(stdout).toMatch(/ COMPLETE .*\nthe inventory is up to date\n$/);
  });
});

describe("the example of another service's tasks", () => {
  interface Hbr {
    hbrWaiter(client: object): import("../../src/index.ts").TaskWaiter;
  }

  async function endOf(...bodies: readonly object[]) {
    const { hbrWaiter } = (await import("../../examples/hbr-source.mjs" as string)) as Hbr;
    let polls = 0;
    const client = {
      describeTask: async ({ taskId }: { taskId: string }) => ({
        body: { taskId, ...bodies[Math.min(polls++, bodies.length - 1)] },
      }),
    };
    const wait = hbrWaiter(client).wait("t-hbr", { minIntervalMs: 5, waitPriceMs: 1, notFoundGraceMs: 10 });
    return await wait.outcome;
  }

  it("completes when HBR says so in its description", async () => {
    const outcome = await endOf(
      { success: true, description: "created", progress: 20 },
      { success: true, description: "completed", progress: 100 },
    );

    expect(outcome).toMatchObject({ kind: "complete", task: { percent: 100 } });
  });

  it.each([
    [
      "a progress of -1",
      { success: true, description: "created", progress: -1, message: "disk full" },
      "failed",
    ],
    ["an expired task", { success: true, description: "expired" }, "expired"],
    ["a cancelled task", { success: true, description: "cancelled" }, "canceled"],
    ["an unknown task", { success: false, code: "TaskNotFound", message: "none" }, "notFound"],
    ["a refusal", { success: false, code: "Forbidden.RAM", message: "no" }, "denied"],
  ])("tells %s for what it is", async (_, body, kind) => {
    expect((await endOf(body)).kind).toBe(kind);
  });
});
