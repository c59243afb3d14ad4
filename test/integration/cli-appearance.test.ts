import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { startCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";

const HOSTILE_NAME = "\u001b]0;owned\u0007\u001b[2J\u202eevil";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({
    tasks: [
      { taskId: "t-hostile", taskName: HOSTILE_NAME, durationMs: 3_600_000, errorMessage: "a\nb" },
      { taskId: "t-done", durationMs: 0, result: { n: 1 }, taskType: "CHECK_RULES" },
      { taskId: "t-many", count: 998, durationMs: 3_600_000 },
    ],
  });
});

afterAll(async () => {
  await emulator.stop();
});

const runLine = commandLines();
const run = (...args: string[]) => runLine(args, emulator.env);

describe("taskwait list", () => {
  it("prints a table of all tasks, over all pages, each once", async () => {
    const { code, stdout, stderr } = await run("list");

    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^TASK +STATUS +DONE +TYPE +STARTED +NAME$/);
    expect(new Set(lines.slice(1).map((line) => line.split(" ")[0])).size).toBe(1000);
    expect(lines).toHaveLength(1001);
    expect(stdout).toMatch(
      /^t-done +COMPLETE +100% {2}CHECK_RULES +20\d\d-\d\d-\d\dT[\d:]{8}Z {2}task t-done$/m,
    );
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("filters by status and type, and stops at the limit", async () => {
    expect((await run("list", "--status", "COMPLETE", "-o", "jsonl")).stdout.trim().split("\n")).toHaveLength(
      1,
    );
    expect(JSON.parse((await run("list", "--type", "CHECK_RULES", "-o", "json")).stdout)).toMatchObject([
      { taskId: "t-done", taskStatus: "COMPLETE", result: { n: 1 } },
    ]);
    expect((await run("list", "--limit", "7", "-o", "jsonl")).stdout.trim().split("\n")).toHaveLength(7);
  });

  it("keeps hostile names intact in jsonl", async () => {
    const { stdout } = await run("list", "-o", "jsonl");
    const line = stdout.split("\n").find((text) => text.includes('"t-hostile"')) ?? "";

    expect(JSON.parse(line).taskName).toBe(HOSTILE_NAME);
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it("says so when nothing matches, and takes a status in any case but none that there is not", async () => {
    expect(await run("list", "--status", "FAILED")).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "taskwait: no task matches\n",
    });
    expect(await run("list", "--status", "FAILED", "-o", "json")).toMatchObject({
      code: 0,
      stdout: "[]\n",
      stderr: "",
    });
    expect((await run("list", "--status", "running", "-o", "ids")).stdout).toContain("t-hostile\n");
    const before = emulator.requests().length;
    expect(await run("list", "--status", "NONSENSE")).toMatchObject({
      code: 2,
      stderr:
        'taskwait: --status must be one of CREATED, RUNNING, COMPLETE, FAILED, EXPIRED, CANCELED, got "NONSENSE"\n',
    });
    expect(emulator.requests().length).toBe(before);
  });

  it("ends quietly when its reader does", async () => {
    const cli = startCli(["list", "-o", "jsonl"], emulator.env);
    cli.child.stdout.once("data", () => cli.child.stdout.destroy());
    const { code, stderr } = await cli.done;

    // It may have written all before the reader went.
    expect([0, 141]).toContain(code);
    expect(stderr).toBe("");
  });
});

describe("taskwait describe", () => {
  it("shows the fields of one task, times as dates, and exits 0 whatever its status is", async () => {
    const { code, stdout } = await run("describe", "t-hostile");

    expect(stdout).toMatch(/^taskId: t-hostile\ntaskName: \\u\{1b\}\]0;owned/);
    expect(stdout).toMatch(/^taskStatus: RUNNING$/m);
    expect(stdout).toMatch(/^startTime: 20\d\d-\d\d-\d\dT[\d:]{8}Z$/m);
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(code).toBe(0);
  });

  it("--output json is the task as the library gives it", async () => {
    const { stdout } = await run("describe", "t-done", "-o", "json");

    expect(JSON.parse(stdout)).toMatchObject({
      taskId: "t-done",
      taskStatus: "COMPLETE",
      percent: 100,
      result: { n: 1 },
    });
  });

  it("exits 6 when there is no such task", async () => {
    expect((await run("describe", "t-none")).code).toBe(6);
  });

  it("--verbose tells of the call", async () => {
    expect((await run("describe", "t-done", "--verbose")).stderr).toMatch(
      /^DescribeTask t-done: 200 in \d+ ms, request /,
    );
  });
});
