import { describe, expect, it } from "vitest";
import { startCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";
import { startedEmulators } from "./started-emulators.ts";

const open = startedEmulators();
const runLine = commandLines();
const runOnGitHub = commandLines({ GITHUB_ACTIONS: "true" });
const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `t-${index}`);

describe("lines on a pipe", () => {
  it("tell changes of status, and sum up at the interval: 50 tasks stay short", async () => {
    const emulator = await open({
      tasks: ids(50).map((taskId) => ({ taskId, durationMs: 3_600_000, progress: "linear" })),
    });
    const cli = startCli([...ids(50), "--log-interval", "500ms", "-o", "json"], emulator.env);
    await cli.until(/(?:^50 tasks after [\d.]+ s: [\s\S]*){3}/m);
    for (const taskId of ids(50)) {
      emulator.world.end(taskId, "COMPLETE");
    }
    const { code, stderr } = await cli.done;
    const lines = stderr.trimEnd().split("\n");

    expect(code).toBe(0);
    expect(lines.filter((line) => / (RUNNING|COMPLETE) /.test(line)).length).toBeLessThanOrEqual(100);
    expect(lines.filter((line) => /^50 tasks after [\d.]+ s: /.test(line)).length).toBeGreaterThanOrEqual(3);
    expect(lines.at(-1)).toMatch(/^taskwait: 50 tasks in [\d.]+ s, \d+ calls$/);
    expect(lines.length).toBeLessThan(130);
  });

  it("are never silent for longer than the interval, though nothing changes", async () => {
    const emulator = await open({ tasks: [{ taskId: "t-still", durationMs: 3_600_000 }] });
    const cli = startCli(["t-still", "--log-interval", "200ms", "--timeout", "3s"], emulator.env);
    const { stderr } = await cli.done;

    expect(stderr.match(/^t-still RUNNING .*after /gm)?.length).toBeGreaterThan(8);
  });

  it("say once, with how many, what went wrong for all", async () => {
    const emulator = await open();
    const env = { ...emulator.env, ALIBABA_CLOUD_ACCESS_KEY_SECRET: "wrong" };
    const { code, stderr } = await runLine(ids(50), env);

    expect(code).toBe(7);
    expect(stderr.match(/not allowed to see/g)).toHaveLength(1);
    expect(stderr).toMatch(/\(and 49 more tasks\)$/m);
  });

  it("say once, too, that nobody listens, though some tasks were asked for more often than others", async () => {
    const emulator = await open();
    await emulator.stop();
    const { code, stderr } = await runLine([...ids(50), "--outage-budget", "2s"], emulator.env);

    expect(code).toBe(5);
    expect(stderr.match(/no usable answer/g)).toHaveLength(1);
    expect(stderr.match(/could not find out/g)).toHaveLength(1);
    expect(stderr).toMatch(/\(and 49 more tasks\)$/m);
  });

  it("count in json what was called, not what was seen", async () => {
    const emulator = await open({ tasks: ids(30).map((taskId) => ({ taskId, durationMs: 3000 })) });
    const { stdout } = await runLine([...ids(30), "-o", "json", "-q"], emulator.env);
    const answered = emulator.requests().length;
    const { calls, tasks } = JSON.parse(stdout) as { calls: number; tasks: { calls: number }[] };
    const single = emulator.requests().filter(({ action }) => action === "DescribeTask").length;

    // A call that a listing makes needless is ended, and may be counted on one side alone. What was seen would be 30 a page.
    const ended = 5;
    expect(Math.abs(answered - calls)).toBeLessThanOrEqual(ended);
    expect(tasks.reduce((sum, task) => sum + task.calls, 0)).toBeLessThanOrEqual(single + ended);
  });
});

describe("in GitHub Actions", () => {
  // Ids that only a listing gives: our own are checked.
  const FORGED = ["::add-mask::e", " ::error::x", "##[error]x", "::stop-commands::y"];

  it("no line begins with an order to the runner, in any form of any command", async () => {
    const emulator = await open({
      tasks: [
        { taskId: "t-1", durationMs: 0, taskName: "::warning::name", result: "::set-output name=a::b" },
        ...FORGED.map((TaskId, index) => ({ taskId: `t-f${index}`, durationMs: 0, fields: { TaskId } })),
      ],
    });
    for (const line of [
      ["t-1"],
      ["t-1", "-o", "json"],
      ["t-1", "-o", "jsonl"],
      ["describe", "t-1"],
      ["list"],
      ["list", "-o", "ids"],
      ["list", "-o", "json"],
    ]) {
      const { stdout, stderr } = await runOnGitHub(line, emulator.env);
      if (line[0] === "list") {
        expect(stdout, line.join(" ")).toContain("add-mask");
      }
      expect(stdout, line.join(" ")).not.toMatch(/^\s*::/m);
      expect(stdout + stderr).not.toContain("##[");
      expect(stderr.replace(/^::(group::Waiting|endgroup::|error title=taskwait::).*$/gm, "")).not.toMatch(
        /^\s*::/m,
      );
    }
  });
});
