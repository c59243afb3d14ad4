import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { runCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({
    tasks: [
      { taskId: "t-failed", durationMs: 0, status: "FAILED", errorMessage: "100% bad\n::warning::forged" },
      { taskId: "t-forged", durationMs: 0, taskName: "##[error]forged" },
    ],
  });
});

afterAll(async () => {
  await emulator.stop();
});

describe("in GitHub Actions", () => {
  const runLine = commandLines({ GITHUB_ACTIONS: "true" });
  const run = (...args: string[]) => runLine(args, emulator.env);

  it("puts the wait into a group and a failure into an annotation of one line", async () => {
    const { stderr, code } = await run("t-failed");

    expect(stderr).toMatch(
      /^::group::Waiting for t-failed\n(t-failed .*\n)+::endgroup::\n::error title=taskwait::task t-failed .*100%25 bad/,
    );
    expect(stderr).not.toMatch(/^::warning/m);
    expect(code).toBe(1);
  });

  it("annotates usage errors too", async () => {
    expect((await run("a/b")).stderr).toMatch(/^::error title=taskwait::.*taskId must be letters/);
  });

  it("lets no name of a task speak the older form of commands", async () => {
    const { stderr, stdout } = await run("t-forged", "-o", "json");

    expect(stderr + stdout).not.toContain("##[");
    expect(JSON.parse(stdout).tasks[0].task.taskName).toBe("##[error]forged");
  });
});

describe("elsewhere", () => {
  it("there are no such lines", async () => {
    const { stderr } = await runCli(["t-failed"], emulator.env);

    expect(stderr).not.toMatch(/^::/m);
  });
});
