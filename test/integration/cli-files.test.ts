import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { open as openFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { cleanEnvironment, MAIN, startCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";
import { bindMount, makeFifo, ownFolder, readOnlyFolder, smallDisk } from "./harness/files.ts";
import { startedEmulators } from "./started-emulators.ts";

const folder = ownFolder();
const runLine = commandLines();
const open = startedEmulators({
  tasks: [
    { taskId: "t-short", durationMs: 0, result: { n: 1 } },
    { taskId: "t-long", durationMs: 3_600_000 },
  ],
  starts: { UPDATE_RESOURCES: { durationMs: 200 } },
});

const fifo = makeFifo(join(folder, "fifo"));
const small = smallDisk(join(folder, "small"), 4);
const readOnly = readOnlyFolder(join(folder, "read-only"));
const mountPoint = join(folder, "mounted.json");
writeFileSync(mountPoint, "");
writeFileSync(join(folder, "source.json"), "");
const hasMount = bindMount(join(folder, "source.json"), mountPoint);

/** Every flag that names a file which the command writes. */
const WRITERS: readonly (readonly [flag: string, line: (file: string) => readonly string[]])[] = [
  ["--checkpoint of a wait", (file) => ["t-short", "-q", "--checkpoint", file]],
  ["--checkpoint of a start", (file) => ["start", "update-resources", "-q", "--checkpoint", file]],
  ["--state", (file) => ["start", "update-resources", "-q", "--state", file]],
  ["--certificate", (file) => ["emulate", "--tls", "--certificate", file]],
];

describe.each(WRITERS)("%s", (_, line) => {
  it("refuses what is no ordinary file before the first call, and leaves it", async () => {
    const emulator = await open();
    const link = join(folder, `link-to-null-${Math.random()}`);
    symlinkSync("/dev/null", link);
    for (const file of ["/dev/null", "/dev/full", fifo, folder, link, `${folder}/`]) {
      const { code, stderr, stdout } = await runLine(line(file), emulator.env);
      expect(stderr, file).toMatch(/is no ordinary file|can't be written/);
      expect({ code, stdout }, file).toEqual({ code: 2, stdout: "" });
    }
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(fifo).isFIFO()).toBe(true);
    expect(emulator.requests()).toEqual([]);
  });

  it.skipIf(readOnly === undefined || small === undefined)(
    "refuses a folder where nothing can be written, and a full disk",
    async () => {
      const emulator = await open();
      writeFileSync(join(folder, "small", "filler"), "x".repeat(4096));
      for (const file of [join(folder, "read-only", "f.json"), join(folder, "small", "f.json")]) {
        const { code, stderr } = await runLine(line(file), emulator.env);
        expect(stderr, file).toMatch(/can't be (written|locked) \((EROFS|EACCES|ENOSPC)\)/);
        expect(code, file).toBe(2);
      }
      expect(readdirSync(join(folder, "small"))).toEqual(["filler"]);
      expect(emulator.requests()).toEqual([]);
    },
  );
});

const DECLARATION = JSON.stringify({
  name: "own",
  request: { style: "http", url: "https://own.example.com/{id}" },
  task: { status: "state", states: { complete: ["done"] } },
});

const ENDED = JSON.stringify({
  version: 1,
  waits: [
    {
      version: 2,
      taskId: "t-1",
      startedAtMs: 1,
      deadlineMs: 2,
      nextPollAtMs: 2,
      contactAtMs: 2,
      polls: 1,
      failures: 0,
      failuresInARow: 0,
      throttledInARow: 0,
      task: { taskId: "t-1", taskStatus: "COMPLETE" },
      ended: { kind: "complete", message: "" },
    },
  ],
});

/** Every flag that names a file which the command reads, and what shows that it was read. */
const READERS: readonly (readonly [name: string, line: (file: string) => readonly string[], text: string])[] =
  [
    ["a declaration", (file) => ["apis", "check", file], DECLARATION],
    ["a scenario", (file) => ["emulate", "-q", "--scenario", file, "--", "true"], "{}"],
    ["a checkpoint", (file) => ["wait", "--resume", file, "-q"], ENDED],
  ];

it("ids on standard input may be in UTF-16, with the byte order mark that shells of Windows write", () => {
  const keys = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" };
  const flags = ["-", "-q", "--endpoint", "http://127.0.0.1:1", "--timeout", "0", "--json"];
  const { status, stdout } = spawnSync(process.execPath, [MAIN, ...flags], {
    input: Buffer.from("\uFEFFt-1\r\nt-2\r\n", "utf16le"),
    env: cleanEnvironment(keys),
  });

  expect(status).toBe(124);
  const { tasks } = JSON.parse(String(stdout)) as { readonly tasks: readonly { readonly taskId: string }[] };
  expect(tasks.map(({ taskId }) => taskId)).toEqual(["t-1", "t-2"]);
});

describe.each(READERS)("%s", (_, line, content) => {
  it("may come from a pipe, and begin with a byte order mark, in UTF-16 too", async () => {
    const file = join(folder, `input-${Math.random()}.json`);
    for (const bytes of [
      Buffer.from(content),
      Buffer.from(`\uFEFF${content}`),
      Buffer.from(`\uFEFF${content}`, "utf16le"),
    ]) {
      writeFileSync(file, bytes);
      const { code, stderr } = await runLine(line(file), {});
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
    const words = [process.execPath, MAIN, ...line("/dev/stdin")].map((word) => `'${word}'`).join(" ");
    const piped = spawnSync("sh", ["-c", `(sleep 0.3; cat '${file}') | ${words}`], { encoding: "utf8" });
    expect({ code: piped.status, stderr: piped.stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("is refused where it is a device or a folder", async () => {
    for (const file of ["/dev/zero", "/dev/null", folder]) {
      const { code, stderr } = await runLine(line(file), {});
      expect(stderr, file).toMatch(/is no ordinary file|can't be read \(EISDIR\)/);
      expect(code, file).toBe(2);
    }
  });

  it("can be stopped while it is a pipe to which nobody writes", async () => {
    const silent = makeFifo(join(folder, `silent-${Math.random()}`));
    const { child, done } = startCli(line(silent), {});
    // Opens once the command reads it.
    const writer = await openFile(silent, "w");
    try {
      child.kill("SIGTERM");
      const { code, signal } = await done;
      expect(code === 143 || signal === "SIGTERM").toBe(true);
    } finally {
      await writer.close();
    }
  });
});

it("a declaration that is no JSON is told of on one line", async () => {
  const file = join(folder, "comment.json");
  writeFileSync(file, "// \u001b[31m\n{}");
  const { code, stderr } = await runLine(["apis", "check", file], {});
  expect({ code, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 2, lines: 1 });
  expect(stderr).not.toContain("\u001b");
});

describe("a file that a wait keeps", () => {
  it("is written where a link leads, and the link stays", async () => {
    const emulator = await open();
    const [link, target] = [join(folder, "a-link"), join(folder, "behind", "target.json")];
    mkdirSync(join(folder, "behind"));
    symlinkSync(target, link);
    await runLine(["t-short", "-q", "--checkpoint", link], emulator.env);

    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(target, "utf8"))).toMatchObject({ waits: [{ taskId: "t-short" }] });
    expect(readdirSync(join(folder, "behind"))).toEqual(["target.json"]);
  });

  it.skipIf(!hasMount)("is written in place when it is mounted by itself", async () => {
    const emulator = await open();
    const line = ["start", "update-resources", "-q", "--state", mountPoint];
    const first = await runLine(line, emulator.env);
    const second = await runLine(line, emulator.env);

    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(second.stdout).toBe(first.stdout);
    expect(emulator.world.tasks().filter(({ taskId }) => taskId.length > 8)).toHaveLength(1);
  });

  it("is one command's: a second is told, and goes on once the first has ended or was killed", async () => {
    const emulator = await open();
    const file = join(folder, "shared.json");
    const first = startCli(["t-long", "--checkpoint", file], emulator.env);
    await first.until(/RUNNING/);
    const second = await runLine(["t-long", "--checkpoint", file], emulator.env);
    const asStart = await runLine(["start", "update-resources", "--state", file], emulator.env);
    first.child.kill("SIGKILL");
    await first.done;
    const third = await runLine(["t-long", "--checkpoint", file, "--timeout", "300ms", "-q"], emulator.env);

    expect(second.stderr).toMatch(/--checkpoint: ".*shared\.json" is in use by process \d+ on /);
    expect(asStart.stderr).toMatch(/--state: ".*shared\.json" is in use by process \d+ on /);
    expect([second.code, asStart.code, third.code]).toEqual([2, 2, 124]);
    expect(readdirSync(folder).filter((name) => /^shared.*(lock|tmp)$/.test(name))).toEqual([]);
  });

  it("leaves nothing of a writer that was killed", async () => {
    const emulator = await open();
    const file = join(folder, "killed.json");
    for (const name of [`${file}.0123456789abcdef.tmp`, `${file}.lock.0123456789abcdef.tmp`]) {
      writeFileSync(name, "{");
    }
    writeFileSync(`${file}.lock`, '{"pid":1,"host":"elsewhere"');
    writeFileSync(join(folder, "killed.json.tmp"), "not ours");
    const { code } = await runLine(["t-short", "-q", "--checkpoint", file], emulator.env);

    expect(code).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith("killed"))).toEqual([
      "killed.json",
      "killed.json.tmp",
    ]);
  });

  it("is read though its last writing in place was shorter than the one before", async () => {
    const emulator = await open();
    const file = join(folder, "longer.json");
    await runLine(["t-long", "--checkpoint", file, "--timeout", "300ms", "-q"], emulator.env);
    writeFileSync(file, `${readFileSync(file, "utf8")}left of a longer text"}`);
    const { code } = await runLine(["wait", "--resume", file, "--timeout", "300ms", "-q"], emulator.env);

    expect(code).toBe(124);
  });
});
