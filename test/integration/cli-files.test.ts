import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli, startCli } from "./harness/command.ts";
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

describe("a file that a wait keeps", () => {
  it("is written where a link leads, and the link stays", async () => {
    const emulator = await open();
    const [link, target] = [join(folder, "a-link"), join(folder, "behind", "target.json")];
    mkdirSync(join(folder, "behind"));
    symlinkSync(target, link);
    await runCli(["t-short", "-q", "--checkpoint", link], emulator.env);

    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(target, "utf8"))).toMatchObject({ waits: [{ taskId: "t-short" }] });
    expect(readdirSync(join(folder, "behind"))).toEqual(["target.json"]);
  });

  it.skipIf(!hasMount)("is written in place when it is mounted by itself", async () => {
    const emulator = await open();
    const line = ["start", "update-resources", "-q", "--state", mountPoint];
    const first = await runCli(line, emulator.env);
    const second = await runCli(line, emulator.env);

    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(second.stdout).toBe(first.stdout);
    expect(emulator.world.tasks().filter(({ taskId }) => taskId.length > 8)).toHaveLength(1);
  });

  it("is one command's: a second is told, and goes on once the first has ended or was killed", async () => {
    const emulator = await open();
    const file = join(folder, "shared.json");
    const first = startCli(["t-long", "--checkpoint", file], emulator.env);
    await first.until(/RUNNING/);
    const second = await runCli(["t-long", "--checkpoint", file], emulator.env);
    const asStart = await runCli(["start", "update-resources", "--state", file], emulator.env);
    first.child.kill("SIGKILL");
    await first.done;
    const third = await runCli(["t-long", "--checkpoint", file, "--timeout", "300ms", "-q"], emulator.env);

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
    const { code } = await runCli(["t-short", "-q", "--checkpoint", file], emulator.env);

    expect(code).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith("killed"))).toEqual([
      "killed.json",
      "killed.json.tmp",
    ]);
  });

  it("is read though its last writing in place was shorter than the one before", async () => {
    const emulator = await open();
    const file = join(folder, "longer.json");
    await runCli(["t-long", "--checkpoint", file, "--timeout", "300ms", "-q"], emulator.env);
    writeFileSync(file, `${readFileSync(file, "utf8")}left of a longer text"}`);
    const { code } = await runCli(["wait", "--resume", file, "--timeout", "300ms", "-q"], emulator.env);

    expect(code).toBe(124);
  });
});
