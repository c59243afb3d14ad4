import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { runCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";
import { expectRefused } from "./harness/refused.ts";

const RESULT = { resourceCounts: [{ resourceType: "ACS::OSS::Bucket", count: 2 }], note: "a\u001bb" };
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => {
  await emulator.stop();
});

const runLine = commandLines();
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}, input?: string) =>
  input === undefined
    ? runLine(args, { ...emulator.env, ...env })
    : runCli(args, { ...emulator.env, ...env }, input);

const complete = (): string => emulator.world.addTask({ durationMs: 1, result: RESULT }).taskId;
const failed = (): string => emulator.world.addTask({ durationMs: 1, status: "FAILED" }).taskId;
const running = (taskType?: string): string =>
  emulator.world.addTask({ durationMs: 3_600_000, ...(taskType === undefined ? {} : { taskType }) }).taskId;

describe("--fail-fast", () => {
  it("ends the wait for all with the first task that does not complete, and exits as that one", async () => {
    const [open, bad] = [running(), failed()];
    const { code, stdout, stderr } = await run([open, bad, "--fail-fast"]);

    expect(stdout).toBe(`${bad} FAILED "device not online"\n`);
    expect(stderr).toContain(
      `the task may still be running. To go on waiting:\n  taskwait wait ${open} --fail-fast`,
    );
    expect(code).toBe(1);
  });

  it("lets tasks that complete be", async () => {
    const { code, stdout } = await run([complete(), complete(), "--fail-fast"]);

    expect(stdout.trim().split("\n")).toHaveLength(2);
    expect(code).toBe(0);
  });

  it("and --any are refused together", async () => {
    const { code, stderr } = await run(["t-1", "--any", "--fail-fast"]);

    expect(stderr).toMatch(/^taskwait: --any and --fail-fast can't be used together/);
    expect(code).toBe(2);
  });
});

describe("wait --all", () => {
  it("waits for what the listing shows of the type, and not for what has ended", async () => {
    complete();
    const { taskId } = emulator.world.addTask({ durationMs: 6000, taskType: "SHORT" });
    emulator.world.addTask({ durationMs: 1, status: "FAILED", taskType: "SHORT" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, stdout } = await run(["wait", "--all", "--type", "SHORT"]);

    expect(stdout).toMatch(new RegExp(`^${taskId} COMPLETE`));
    expect(code).toBe(0);
  });

  it("with --status takes these, also if they have ended", async () => {
    const { taskId } = emulator.world.addTask({ durationMs: 1, status: "EXPIRED", taskType: "OLD" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, stdout } = await run(["wait", "--all", "--type", "OLD", "--status", "expired"]);

    expect({ code, stdout }).toEqual({ code: 3, stdout: `${taskId} EXPIRED\n` });
  });

  it("takes an id as the listing has it, also where it looks like one of a declared API", async () => {
    const ids = ["rds-task:t-1", "other:t-2"];
    for (const taskId of ids) {
      emulator.world.addTask({ taskId, durationMs: 1, status: "CANCELED", taskType: "PREFIXED" });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, stdout } = await run(["wait", "--all", "--type", "PREFIXED", "--status", "canceled"]);

    expect(stdout.trim().split("\n").sort()).toEqual(ids.map((taskId) => `${taskId} CANCELED`).sort());
    expect(code).toBe(4);
  });

  it("exits with 0 when there are none", async () => {
    const { code, stdout, stderr } = await run(["wait", "--all", "--type", "NONE", "--json"]);

    expect(JSON.parse(stdout)).toEqual({ exitCode: 0, waitedMs: 0, calls: 0, tasks: [] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "taskwait: no task to wait for\n" });
  });

  it.each([
    [["wait", "t-1", "--all"], /--all can't be used together with task ids/],
    [["wait", "--all", "--api", "ros-stack"], /--all and --api can't be used together/],
    [["wait", "--all", "--resume", "x"], /--all and --resume can't be used together/],
    [["wait", "--all", "--status", "DONE"], /--status must be one of .*"DONE"/],
    [["wait", "--all", "--checkpoint", "/no/such/dir/file"], /--checkpoint: .*ENOENT/],
    [["t-1", "--type", "X"], /--type is for --all/],
  ])("%j is refused before the first call", async (args, message) => {
    await expectRefused(emulator, () => run(args), message);
  });
});

describe("a list of ids", () => {
  it("may have comments", async () => {
    const [one, other] = [complete(), complete()];
    const { code, stdout } = await run(
      ["-"],
      {},
      `# last night\n${one} # the first\r\n\n  #t-none\n${other}\n`,
    );

    expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([one, other, ""]);
    expect(code).toBe(0);
  });

  it.each([[["-"]], [["wait"]]])("%j may be empty with --allow-empty", async (args) => {
    const { code, stdout, stderr } = await run([...args, "--allow-empty", "-q"], {}, "# nothing\n");

    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

it("10,000 ids on standard input that are not known in time have 101 messages, and no line of 130 kB", async () => {
  const ids = Array.from({ length: 10_000 }, (_, at) => `t-many-${at}`);
  const { code, stderr } = await run(["-", "-q", "--timeout", "200ms"], {}, ids.join("\n"));
  const lines = stderr.trimEnd().split("\n");

  expect(lines.slice(-4, -2).join()).toMatch(/t-many-99 .*,.*t-many-100 .*\(and 9899 more tasks\)$/);
  expect(lines.slice(-2)).toEqual([
    "taskwait: 10000 tasks may still be running. To go on waiting, with their ids on standard input:",
    "  taskwait wait - --timeout 200ms --quiet",
  ]);
  expect(code).toBe(124);
});

describe("--query", () => {
  it.each([
    ["resourceCounts[0].count", "2"],
    ["resourceCounts[].resourceType", '["ACS::OSS::Bucket"]'],
    ["resourceCounts[0].resourceType", "ACS::OSS::Bucket"],
    ["note", "a\\u{1b}b"],
    ["missing", "null"],
  ])("%s prints %s alone", async (expression, value) => {
    const { code, stdout } = await run([complete(), "--query", expression]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: `${value}\n` });
  });

  it("is the task's value in JSON", async () => {
    const { stdout } = await run([complete(), failed(), "--json", "--query", "note"]);

    const { tasks } = JSON.parse(stdout) as { readonly tasks: readonly { readonly value?: unknown }[] };
    expect(tasks.map((task) => ["value" in task, task.value])).toEqual([
      [true, "a\u001bb"],
      [false, undefined],
    ]);
  });

  it("says when it can't be used on a result", async () => {
    const { code, stdout, stderr } = await run([complete(), "--query", "abs(note)"]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: "null\n" });
    expect(stderr).toMatch(/warning: t-\w+: --query can't be used on this result: /);
  });

  it.each([
    [["t-1", "--query", "a["], /--query must be a JMESPath expression, got "a\["/],
    [["t-1", "--query", "a", "-o", "jsonl"], /--query and --output can't be used together/],
    [["start", "update-resources", "--query", "let()"], /--query calls let\(\)/],
  ])("%j is refused before the first call", async (args, message) => {
    await expectRefused(emulator, () => run(args), message);
  });
});

describe("--interval", () => {
  it("sets both bounds: no poll comes sooner or later", async () => {
    const taskId = running();
    const { code, stdout } = await run([taskId, "--interval", "150ms", "--timeout", "2s", "-o", "jsonl"]);

    const records = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly timeMs: number; readonly nextPollMs?: number });
    // The last chance to notice the end comes sooner: one poll, or two where a timer is early.
    const lastTurnMs = (records.at(-1)?.timeMs ?? 0) - 2 * 150;
    const delays = records
      .filter(({ timeMs }) => timeMs < lastTurnMs)
      .flatMap(({ nextPollMs }) => nextPollMs ?? []);
    expect(delays.length).toBeGreaterThan(2);
    expect(delays.filter((ms) => ms < 149 || ms > 151)).toEqual([]);
    expect(code).toBe(124);
  });

  it.each([
    [["t-1", "--interval", "0"], /--interval must be more than 0/],
    [["t-1", "--interval", "often"], /--interval must be a duration/],
    [
      ["t-1", "--interval", "1s", "--max-interval", "2s"],
      /--interval and --max-interval can't be used together/,
    ],
  ])("%j is refused", async (args, message) => {
    await expectRefused(emulator, () => run(args), message);
  });
});

describe("--json", () => {
  it.each([[["wait", "ID"]], [["list", "--type", "NONE"]], [["describe", "ID"]], [["apis"]]])(
    "of %j is --output json",
    async (words) => {
      const args = words.map((word) => (word === "ID" ? complete() : word));
      const [{ stdout }, { stdout: long }] = await Promise.all([
        run([...args, "--json"]),
        run([...args, "--output", "json"]),
      ]);

      const timeless = (text: string): unknown =>
        JSON.parse(text, (key, value: unknown) => (/Ms$|^progress$|calls/.test(key) ? 0 : value));
      expect(timeless(stdout)).toEqual(timeless(long));
    },
  );

  it("and another form are refused together", async () => {
    const { code, stderr } = await run(["t-1", "--json", "-o", "jsonl"]);

    expect(stderr).toMatch(/^taskwait: --json and --output can't be used together/);
    expect(code).toBe(2);
  });
});

describe("a variable holds a flag's default", () => {
  it("and is told of by its name when it is bad", async () => {
    const [bad, boolean] = await Promise.all([
      run(["t-1", "--not-found-grace", "0"], { TASKWAIT_TIMEOUT: "soon" }),
      run(["t-1", "--not-found-grace", "0"], { TASKWAIT_QUIET: "maybe" }),
    ]);

    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toMatch(/^taskwait: TASKWAIT_TIMEOUT must be a duration.*"soon"/);
    expect(boolean.stderr).toBe('taskwait: TASKWAIT_QUIET must be 1 or 0, got "maybe"\n');
    expect(boolean.code).toBe(2);
  });

  it.each([
    [{ TASKWAIT_OUTPUT: "xml" }, /TASKWAIT_OUTPUT.*text, json, jsonl/],
    [{ TASKWAIT_RATE: "fast" }, /^taskwait: TASKWAIT_RATE must be/],
    [{ TASKWAIT_WAIT_PRICE: "0" }, /^taskwait: .*TASKWAIT_WAIT_PRICE must be/],
    [{ TASKWAIT_API: "ros-stak" }, /^taskwait: TASKWAIT_API must be a declared task API.*did you mean/],
    [{ TASKWAIT_QUERY: "a[" }, /^taskwait: TASKWAIT_QUERY must be a JMESPath/],
    [
      { TASKWAIT_ANY: "1", TASKWAIT_FAIL_FAST: "1" },
      /TASKWAIT_ANY and TASKWAIT_FAIL_FAST can't be used together/,
    ],
    [{ TASKWAIT_CHECKPOINT: "/no/such/dir/file" }, /^taskwait: TASKWAIT_CHECKPOINT: .*ENOENT/],
  ])("%j is refused by the name of the variable", async (env, message) => {
    const line = ["t-1", "--not-found-grace", "0"];

    await expectRefused(emulator, () => run(line, env as Record<string, string>), message);
  });

  it("goes behind the flag, and behind a flag that conflicts with it", async () => {
    const env = { TASKWAIT_TIMEOUT: "soon", TASKWAIT_JSON: "yes", TASKWAIT_ANY: "1" };
    const { code, stdout } = await run([failed(), "--timeout", "9s", "-o", "text", "--fail-fast"], env);

    expect(stdout).toMatch(/^t-\w+ FAILED .*\n$/);
    expect(code).toBe(1);
  });

  it("is left unread where its flag needs another one that is not given", async () => {
    const env = { TASKWAIT_TYPE: "X", TASKWAIT_NOTIFY_ON: "settled", TASKWAIT_QUERY: "a" };
    const { code, stdout } = await run([complete(), "-q", "-o", "jsonl"], env);

    expect(stdout).toContain('"event":"settled"');
    expect(code).toBe(0);
  });

  it("is off when it says so, or nothing", async () => {
    const { stderr } = await run([complete()], { TASKWAIT_QUIET: "off", TASKWAIT_TIMEOUT: "" });

    expect(stderr).toMatch(/COMPLETE/);
  });

  it("of a flag that may be repeated has a value a line", async () => {
    const { code, stderr } = await run(["ros-stack:c754"], { TASKWAIT_SET: "a=1\nb=2" });

    expect(stderr).toMatch(/^taskwait: ros-stack: set has "a", /);
    expect(code).toBe(2);
  });

  it("fills in a flag that must be given", async () => {
    const { code, stderr } = await run(["start", "check-rules", "-q"], {
      TASKWAIT_RESOURCE_ARN: "acs:ecs:123:cn-shanghai:instance/i-001",
      TASKWAIT_NO_WAIT: "1",
      TASKWAIT_NOTIFY: "",
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("a word of other commands", () => {
  it.each([
    ["--wait-timeout=5", "--timeout says how long to wait"],
    ["--poll-interval=5", "--interval, or --min-interval"],
    ["--max-attempts=5", "--timeout bounds a wait"],
    ["--delay=5", "--interval, or"],
    ["--watch", "taskwait waits and shows by itself"],
    ["--format=json", "--output says"],
    ["--RegionId=x", "--region names"],
  ])("%s gets a hint", async (flag, hint) => {
    const { code, stderr } = await run(["t-1", flag]);

    expect(stderr).toContain(`taskwait: unknown option '${flag.replace(/=.*/, "")}'; here: ${hint}`);
    expect(code).toBe(2);
  });

  it.each([
    ["watch", "taskwait waits and shows by itself"],
    ["cancel", "the API has no call that cancels a task"],
    ["ps", "taskwait list --status RUNNING"],
  ])("the command %s gets a hint", async (word, hint) => {
    const { code, stderr } = await run([word, "t-1"]);

    expect(stderr).toContain(`"${word}" is no command; ${hint}`);
    expect(code).toBe(2);
  });
});
