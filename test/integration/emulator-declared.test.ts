import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { presets } from "../../src/apis/presets.ts";
import { type CliResult, cleanEnvironment, startProcess } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";
import { ownFolder } from "./harness/files.ts";
import { pathWithCommand } from "./harness/shell.ts";
import { startedEmulators } from "./started-emulators.ts";

const runLine = commandLines();
const PATH = pathWithCommand(ownFolder());

/** Runs a line of sh in which `taskwait` is the built command, for its children, too. */
function sh(line: string): Promise<CliResult> {
  return startProcess("sh", ["-c", line], cleanEnvironment({ PATH })).done;
}

test("the lines of docs/emulator.md about other services do what they say", async () => {
  const page = readFileSync("docs/emulator.md", "utf8");
  const line = /<!-- run by test\/integration\/emulator-declared.test.ts -->\n```sh\n([\s\S]*?)```/.exec(
    page,
  )?.[1];
  const { code, stdout, stderr } = await sh(line ?? "");
  expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({ output: { task_id: "picture-1" } });
  expect(stderr).toMatch(/^dashscope:picture-1 COMPLETE/m);
  expect(stderr).toMatch(/^taskwait: task stack-1 failed: The quota of VPCs is used up/m);
  expect(code).toBe(1);
});

describe("the command, against an emulator that speaks declared APIs", () => {
  const start = startedEmulators({
    apis: [presets["rds-task"], presets["fc-task"], presets.dashscope],
    tasks: [
      { taskId: "good-1", durationMs: 50 },
      { taskId: "failed-1", durationMs: 50, end: "FAILED", errorMessage: "no space" },
      { taskId: "expired-1", durationMs: 50, end: "EXPIRED" },
      { taskId: "canceled-1", durationMs: 50, end: "CANCELED" },
    ],
  });
  const BOUNDS = ["--min-interval", "10ms", "--not-found-grace", "0", "--timeout", "30s"];
  const CODES: readonly (readonly [taskId: string, exitCode: number])[] = [
    ["good-1", 0],
    ["failed-1", 1],
    ["canceled-1", 4],
    ["nobody-1", 6],
  ];

  test.each([
    ["rpc", "rds-task", []],
    ["roa", "fc-task", ["--set", "functionName=resize"]],
    ["a key", "dashscope", []],
  ] as const)("exits with the code of each end: %s", async (_, name, flags) => {
    const { env } = await start();
    const codes = name === "fc-task" ? [...CODES, ["expired-1", 3] as const] : CODES;
    const ran = await Promise.all(
      codes.map(async ([taskId]) => {
        const { code } = await runLine([`${name}:${taskId}`, ...flags, ...BOUNDS], env);
        return [taskId, code];
      }),
    );
    expect(ran).toEqual(codes);
  });

  test("is denied without the right key, of whichever kind", async () => {
    const emulator = await start();
    const env = {
      ...emulator.env,
      DASHSCOPE_API_KEY: "sk-nobody",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "nobody",
    };
    const ran = await Promise.all(
      ["rds-task:good-1", "dashscope:good-1"].map((id) => runLine([id, ...BOUNDS], env)),
    );
    expect(ran.map(({ code }) => code)).toEqual([7, 7]);
  });

  test("calls each service at the rate of --rate, which one's tasks share and another's don't", async () => {
    const { env } = await start();
    const bounds = ["--not-found-grace", "0", "--rate", "1/min", "--output", "json"];
    const run = async (timeout: string, ...ids: readonly string[]) => {
      const { stdout } = await runLine([...ids, ...bounds, "--timeout", timeout], env);
      return (JSON.parse(stdout) as { tasks: { outcome: string }[] }).tasks
        .map(({ outcome }) => outcome)
        .sort();
    };
    expect(await run("30s", "rds-task:nobody-1", "dashscope:nobody-1")).toEqual(["notFound", "notFound"]);
    expect(await run("4s", "dashscope:nobody-1", "dashscope:nobody-2")).toEqual(["notFound", "timedOut"]);
  });

  test("waits for tasks of several services at once, one of them in no order", async () => {
    const { env } = await start();
    const ids = ["rds-task:good-1", "rds-task:failed-1", "dashscope:good-1", "dashscope:canceled-1"];
    const { code, stdout } = await runLine([...ids, ...BOUNDS, "--output", "json"], env);
    const { tasks } = JSON.parse(stdout) as { tasks: { outcome: string }[] };
    expect(tasks.map(({ outcome }) => outcome)).toEqual(["complete", "failed", "complete", "canceled"]);
    expect(code).toBe(1);
  });
});

test.each([
  [["emulate", "--api", "rds-tsk"], /--api must be a declared task API or a file.*did you mean rds-task\?/],
  [["emulate", "--api", "/no/such.json"], /--api: "\/no\/such.json" can't be read \(ENOENT\)/],
])("%j is refused before anything is served", async (args, message) => {
  const { code, stderr, stdout } = await runLine(args);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([2, ""]);
});
