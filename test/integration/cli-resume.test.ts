import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { startCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";
import { ownFolder } from "./harness/files.ts";

let emulator: Emulator;
const folder = ownFolder();
const runLine = commandLines();

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => {
  await emulator.stop();
});

describe("--checkpoint and --resume", () => {
  it("a wait that was interrupted goes on in another process, with its counts and its deadline", async () => {
    const file = join(folder, "interrupted.json");
    const { taskId } = emulator.world.addTask({ durationMs: 3_600_000 });
    const cli = startCli([taskId, "--checkpoint", file, "--timeout", "1h"], emulator.env);
    await cli.until(/RUNNING/);
    cli.child.kill("SIGTERM");
    const stopped = await cli.done;
    const kept = JSON.parse(readFileSync(file, "utf8"));

    expect(stopped.code).toBe(143);
    expect(stopped.stderr).toContain(`--timeout 1h --checkpoint ${file} --resume ${file}\n`);
    expect(kept).toMatchObject({ version: 1, waits: [{ taskId, task: { taskStatus: "RUNNING" } }] });
    expect(statSync(file).mode & 0o777).toBe(0o600);

    emulator.world.end(taskId, "COMPLETE");
    const resumed = await runLine(["wait", "--resume", file, "-o", "json"], emulator.env);
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ tasks: [{ taskId, outcome: "complete" }] });
  });

  it("a wait that timed out is resumed with a new deadline, and one that ended ends the same way", async () => {
    const file = join(folder, "timed-out.json");
    const { taskId } = emulator.world.addTask({ durationMs: 3_600_000 });
    const late = await runLine([taskId, "--checkpoint", file, "--timeout", "300ms", "-q"], emulator.env);
    expect(late.code).toBe(124);
    emulator.world.end(taskId, "FAILED", "no");

    const again = await runLine(
      ["wait", "--resume", file, "--checkpoint", file, "--timeout", "1m", "-q"],
      emulator.env,
    );
    expect(again).toMatchObject({ code: 1, stdout: `${taskId} FAILED "no"\n` });

    const callsBefore = emulator.requests().length;
    const ended = await runLine(["wait", "--resume", file, "-q"], emulator.env);
    expect(ended).toMatchObject({ code: 1, stdout: `${taskId} FAILED "no"\n` });
    expect(emulator.requests().length).toBe(callsBefore);
  });

  it.each([
    ["not JSON", "secret-content {", /is not JSON/],
    ["another form", '{"version":1,"waits":"secret-content"}', /not a checkpoint file/],
    ["another version", '{"version":9,"waits":[{"taskId":"t-1"}]}', /not a checkpoint file of this release/],
    ["a wait that is none", '{"version":1,"waits":[{"taskId":"t-1"}]}', /checkpoint/],
    ["a wait without an id", '{"version":1,"waits":[null]}', /without a task id/],
  ])("refuses a file with %s, without showing it", async (_, content, message) => {
    const file = join(folder, "bad.json");
    writeFileSync(file, content);
    const { code, stderr } = await runLine(["wait", "--resume", file], emulator.env);

    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("secret-content");
    expect(code).toBe(2);
  });
});
