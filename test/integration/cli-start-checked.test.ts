import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLines } from "./harness/command-lines.ts";
import { ownFolder } from "./harness/files.ts";
import { startedEmulators } from "./started-emulators.ts";

const SHORT = { UPDATE_RESOURCES: { durationMs: 300, result: { n: 1 } }, CHECK_RULES: { durationMs: 300 } };
const folder = ownFolder();
const runLine = commandLines();
const open = startedEmulators({ starts: SHORT });

const state = (name: string): string => join(folder, `${name}.json`);

describe("exit code 2 means that nothing was started", () => {
  it("for every flag with a value that can't be used", async () => {
    const emulator = await open();
    const wrong = [
      ["--rate", "20rps"],
      ["--rate", "0"],
      ["--checkpoint", join(folder, "none", "x")],
      ["--state", folder],
      ["--state", "/dev/null"],
      ["--state", state("a"), "--checkpoint", state("b")],
      ["--min-interval", "10m", "--max-interval", "1m"],
      ["--max-interval", "0"],
      ["--wait-price", "0"],
      ["--poll-timeout", "0"],
      ["--poll-timeout", "soon"],
      ["--timeout", "99999d"],
      ["--timeout", "0"],
      ["--outage-budget", "-1"],
      ["--not-found-grace", "x"],
      ["--log-interval", "1ms"],
      ["--attempts", "0"],
      ["--attempts", "many"],
      ["--output", "xml"],
      ["--color", "red"],
      ["--endpoint", "ftp://x"],
      ["--region", "no/region"],
      ["--resource-type", ""],
      ["--profile", ""],
      ["--unknown"],
    ];
    const passed: string[] = [];
    for (const flags of wrong) {
      const { code, stdout } = await runLine(["start", "update-resources", ...flags], emulator.env);
      if (code !== 2 || stdout !== "" || emulator.requests().length > 0) {
        passed.push(`${flags.join(" ")}: ${code}, ${emulator.requests().length} requests`);
      }
    }
    expect(passed).toEqual([]);
  });
});

describe("start --state FILE", () => {
  const start = (file: string, ...more: string[]) => [
    "start",
    "update-resources",
    "--state",
    file,
    "-q",
    ...more,
  ];

  it("is one task however often the line is run, and ends the same way each time", async () => {
    const emulator = await open();
    const file = state("again");
    const first = await runLine(start(file), emulator.env);
    const requests = emulator.requests().length;
    const second = await runLine(start(file), emulator.env);

    expect(second).toEqual(first);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(emulator.world.size).toBe(1);
    expect(emulator.requests().length).toBe(requests);
  });

  it("goes on after a timeout and after --no-wait, whose line gives the same id again", async () => {
    const emulator = await open({ starts: { UPDATE_RESOURCES: { durationMs: 3_600_000 } } });
    const file = state("timeout");
    const ids = [
      await runLine(start(file, "--no-wait"), emulator.env),
      await runLine(start(file, "--no-wait"), emulator.env),
    ];
    const late = await runLine(start(file, "--timeout", "300ms"), emulator.env);
    const taskId = emulator.world.tasks()[0]?.taskId ?? "";
    emulator.world.end(taskId, "COMPLETE");
    const end = await runLine(start(file, "--timeout", "1m"), emulator.env);

    expect(new Set(ids.map(({ stdout }) => stdout))).toEqual(new Set([`${taskId}\n`]));
    expect(late.code).toBe(124);
    expect(late.stderr).toContain(
      `\n  taskwait start update-resources --timeout 300ms --state ${file} --quiet\n`,
    );
    expect(end.code).toBe(0);
    expect(emulator.world.size).toBe(1);
  });

  it("refuses a file with an unfinished wait of something else, and leaves it as it is", async () => {
    const emulator = await open({
      tasks: [{ taskId: "t-other", durationMs: 3_600_000 }],
      starts: { UPDATE_RESOURCES: { durationMs: 3_600_000 } },
    });
    const [ofWait, ofStart] = [state("of-wait"), state("of-start")];
    await runLine(["t-other", "--checkpoint", ofWait, "--timeout", "300ms", "-q"], emulator.env);
    await runLine(start(ofStart, "--no-wait"), emulator.env);
    const contents = [ofWait, ofStart].map((file) => readFileSync(file, "utf8"));
    const requests = emulator.requests().length;

    for (const [file, line] of [
      [ofWait, start(ofWait)],
      [ofStart, start(ofStart, "--resource-type", "ACS::OSS::Bucket")],
      [ofStart, ["start", "check-rules", "--resource-arn", "arn", "--state", ofStart]],
      [ofStart, ["t-other", "--checkpoint", ofStart]],
      [ofWait, ["t-another", "--checkpoint", ofWait]],
    ] as const) {
      const { code, stderr } = await runLine(line, emulator.env);
      expect(stderr, line.join(" ")).toMatch(/holds (another wait|another start|a start) that has not ended/);
      expect(code).toBe(2);
      expect(contents).toContain(readFileSync(file, "utf8"));
    }
    expect(emulator.requests().length).toBe(requests);
  });

  it("refuses a file that is none of ours, and leaves it as it is", async () => {
    const emulator = await open();
    const { code, stderr } = await runLine(start("package.json"), emulator.env);

    expect(stderr).toMatch(/"package\.json" is not a checkpoint file/);
    expect(code).toBe(2);
    expect(readFileSync("package.json", "utf8")).toContain('"name": "taskwait"');
  });

  it("starts again with --attempts while the service was busy, and not without", async () => {
    const busy = { durationMs: 100, status: "FAILED", errorMessage: "Throttling.User: busy" } as const;
    const emulator = await open({ starts: { UPDATE_RESOURCES: busy } });
    const once = await runLine(["start", "update-resources", "-q"], emulator.env);
    const twice = await runLine(["start", "update-resources", "-q", "--attempts", "2"], emulator.env);

    expect([once.code, twice.code]).toEqual([1, 1]);
    expect(emulator.world.size).toBe(3);
  });

  it("is left for another command once the first has ended, and removed locks are nobody's", async () => {
    const emulator = await open();
    const file = state("unlocked");
    await runLine(start(file), emulator.env);

    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});

describe("start --output json prints one object in every end", () => {
  const line = ["start", "update-resources", "-o", "json", "-q", "--outage-budget", "1s"];

  it.each([
    ["refused", { ram: { denied: ["UpdateResources"] } }, [], 7, "denied|notStarted"],
    [
      "throttled too long",
      { faults: () => [{ kind: "refuse", code: "Throttling.User" }] },
      [],
      5,
      "notStarted",
    ],
    ["not waited for", {}, ["--no-wait"], 0, "started"],
    ["waited for", {}, [], 0, "complete"],
    [
      "timed out",
      { starts: { UPDATE_RESOURCES: { durationMs: 60_000 } } },
      ["--timeout", "2s"],
      124,
      "timedOut",
    ],
  ] as const)("%s", async (_, options, flags, exitCode, outcome) => {
    const emulator = await open(options as Parameters<typeof open>[0]);
    const { code, stdout } = await runLine([...line, ...flags], emulator.env);
    const record = JSON.parse(stdout);

    expect(code).toBe(exitCode);
    expect(record.exitCode).toBe(exitCode);
    expect(record.outcome ?? record.tasks[0].outcome).toMatch(new RegExp(`^(${outcome})$`));
  });

  it("unclear", async () => {
    const emulator = await open({
      faults: ({ action }) =>
        action === "UpdateResources" ? [{ kind: "refuse", code: "ServiceUnavailable" }] : undefined,
    });
    const { code, stdout } = await runLine([...line.slice(0, 5)], emulator.env);

    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 5,
      outcome: "startUnknown",
      error: { code: "START_UNKNOWN" },
      tasks: [],
    });
  });
});
