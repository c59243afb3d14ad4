import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { startCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";
import { intoLateReader, startShell } from "./harness/shell.ts";
import { signalTwice, suspend } from "./harness/signals.ts";

// More than the 64 kB that a pipe takes by itself.
const LONG = "x".repeat(100_000);
const DIGITS = '{ "id": 1234567890123456789,\n  "max": 9223372036854775807, "huge": 1e400 }';
const NESTED = "[".repeat(20_000) + "]".repeat(20_000);

const runLine = commandLines();
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({
    tasks: [
      { taskId: "t-long", durationMs: 0, result: LONG },
      { taskId: "t-digits", durationMs: 0, result: DIGITS },
      { taskId: "t-micros", durationMs: 0, fields: { StartTime: 1_700_000_000_000_000 } },
      { taskId: "t-running", durationMs: 3_600_000, progress: "linear" },
      { taskId: "t-page", count: 1200, durationMs: 3_600_000 },
    ],
  });
});

afterAll(async () => {
  await emulator.stop();
});

const LINES: readonly (readonly string[])[] = [
  ["list"],
  ["list", "-o", "json"],
  ["list", "-o", "jsonl"],
  ["list", "-o", "ids"],
  ["describe", "t-long", "-o", "json"],
  ["t-long", "-q"],
  ["t-long", "-q", "-o", "json"],
  ["t-long", "-q", "-o", "jsonl"],
  ["completion", "bash"],
  ["wait", "--help"],
  ["--help"],
  ["--version"],
  ["whoami"],
  ["start", "update-resources", "--no-wait", "-o", "json"],
];

describe("output reaches its reader whole", () => {
  it.each(LINES.slice(0, 8))("%s %s %s %s, read late", async (...args) => {
    const fast = await runLine(
      args.filter((word) => word !== undefined),
      emulator.env,
    );
    const line = intoLateReader(`taskwait ${args.filter((word) => word !== undefined).join(" ")}`, 1.5);
    const { stdout: slow, stderr } = await startShell(line, emulator.env).done;

    // What is told of calls and times differs between two runs.
    const comparable = (text: string): number => text.replace(/\d/g, "").length;
    expect(comparable(slow)).toBeGreaterThan(5000);
    expect(Math.abs(comparable(slow) - comparable(fast.stdout))).toBeLessThan(200);
    expect(stderr).toBe("code=0\n");
  });

  it.each(LINES)("%s %s %s %s %s exits with 141 when nobody reads, without a word", async (...args) => {
    const cli = startCli(
      args.filter((word) => word !== undefined),
      emulator.env,
    );
    cli.child.stdout.destroy();
    const { code, stderr } = await cli.done;

    expect(code).toBe(141);
    expect(stderr).toBe("");
  });

  it("a full disk under standard output is told, and exits with 5", async () => {
    for (const line of ["list -o json", "describe t-long", "completion bash", "t-long -q"]) {
      const { code, stderr } = await startShell(`taskwait ${line} > /dev/full`, emulator.env).done;
      expect(stderr).toBe("taskwait: can't write to standard output (ENOSPC)\n");
      expect(code).toBe(5);
    }
  });
});

describe("what the service sends", () => {
  it("keeps its digits, on one line, in text", async () => {
    const line = '{"id":1234567890123456789,"max":9223372036854775807,"huge":1e400}';

    expect((await runLine(["t-digits", "-q"], emulator.env)).stdout).toBe(`t-digits COMPLETE ${line}\n`);
    // Not a number that JSON's readers have, so it stays the text that it was.
    expect((await runLine(["describe", "t-digits"], emulator.env)).stdout).toMatch(
      /^taskResult: .*1234567890123456789.*9223372036854775807.*1e400 \}$/m,
    );
  });

  it("is listed and described though a time is none", async () => {
    const listed = await runLine(["list", "--status", "complete"], emulator.env);
    const described = await runLine(["describe", "t-micros"], emulator.env);

    expect(listed.stdout).toMatch(/^t-micros +COMPLETE +100% /m);
    expect(described.stdout).toMatch(/^taskId: t-micros$/m);
    expect([listed.code, described.code]).toEqual([0, 0]);
  });
});

describe("signals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "%s sent twice within 16 ms is one: JSON and the command to go on are there",
    async (signal, code) => {
      const cli = startCli(["t-running", "-o", "json"], emulator.env);
      await cli.until(/RUNNING/);
      await signalTwice(cli, signal);
      const end = await cli.done;

      expect(end.code).toBe(code);
      expect(JSON.parse(end.stdout)).toMatchObject({ exitCode: code, tasks: [{ outcome: "aborted" }] });
      expect(end.stderr).toContain(`stopped by ${signal}; the task may still be running`);
      expect(end.stderr).toContain("\n  taskwait wait t-running --output json\n");
    },
  );

  it("a signal more than a second after the first kills, when output is stuck", async () => {
    const began = emulator.requests().length;
    await runLine(["list", "-o", "json"], emulator.env);
    const before = emulator.requests().length;
    const cli = startCli(["list", "-o", "json"], emulator.env);
    cli.child.stdout.pause();
    cli.child.stdout.removeAllListeners("data");
    await expect.poll(() => emulator.requests().length - before).toBe(before - began);
    // The first asks it to stop, which it can't while nobody reads; when it has heard is the machine's affair.
    const again = setInterval(() => cli.child.kill("SIGTERM"), 1500);
    await once(cli.child, "exit");
    clearInterval(again);
    cli.child.stdout.resume();

    expect(await cli.done).toMatchObject({ signal: "SIGTERM" });
  });

  it("a process that was stopped for longer than its outage budget goes on", async () => {
    const { taskId } = emulator.world.addTask({ durationMs: 3_600_000 });
    const cli = startCli([taskId, "--outage-budget", "1s", "--max-interval", "200ms"], emulator.env);
    await cli.until(/RUNNING/);
    await suspend(cli, 2500);
    emulator.world.end(taskId, "COMPLETE");

    expect(await cli.done).toMatchObject({ code: 0 });
  });
});

describe("a result that nests 20,000 deep", () => {
  it.each(["text", "json", "jsonl"])("is printed as %s, and the wait ends well", async (form) => {
    const { taskId } = emulator.world.addTask({ durationMs: 0, result: NESTED, taskType: "NESTED" });
    const { code, stdout, stderr } = await runLine([taskId, "-q", "-o", form], emulator.env);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(NESTED);
  });
});
