import process from "node:process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { hasTmux, Terminal } from "./harness/terminal.ts";

const HOSTILE_NAME = "\u001b]0;owned\u0007\u001b[2J\u202eevil";
const FRESH = ["--max-interval", "400ms", "--min-interval", "200ms"].join(" ");

let emulator: Emulator;
let terminal: Terminal | undefined;

function open(columns: number, rows: number): Terminal {
  terminal = new Terminal(columns, rows, emulator.env);
  return terminal;
}

function addTasks(count: number, durationMs: number, taskName?: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const spec = { durationMs: durationMs + 10 * index, result: { n: index } };
    return emulator.world.addTask(taskName === undefined ? spec : { ...spec, taskName }).taskId;
  });
}

beforeAll(async () => {
  emulator = await startEmulator();
});

afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

afterAll(async () => {
  await emulator.stop();
});

it("has a tmux to test terminals with, where it must have one", () => {
  if (!hasTmux) {
    process.stderr.write("tmux is not installed: the tests of terminals are skipped\n");
  }
  expect(hasTmux || process.env["CI"] !== "true").toBe(true);
});

describe.skipIf(!hasTmux)("on a terminal of 80x24", { timeout: 120_000 }, () => {
  it("one task has one live row, then its result, and the cursor is back", async () => {
    const [id] = addTasks(1, 8000);
    const shown = open(80, 24);
    shown.type(`taskwait ${id} ${FRESH}; echo code=$?`);

    const live = await shown.until(/RUNNING +█+░+ +\d+%/);
    expect(live.match(/t-\w{20} +RUNNING/g)).toHaveLength(1);
    expect(shown.hasCursor()).toBe(false);
    const end = await shown.until(/code=\d+/);
    expect(end).toMatch(
      new RegExp(`✔ ${id}  COMPLETE  █+  100%  in \\d+s +\\d+ calls\\n${id} COMPLETE \\{"n":0\\}\\ncode=0`),
    );
    expect(end.match(/✔/g)).toHaveLength(1);
    expect(shown.hasCursor()).toBe(true);
  });

  it("three tasks have a row each, in the order of the arguments", async () => {
    const ids = addTasks(3, 8000);
    const shown = open(80, 24);
    shown.type(`taskwait ${ids.join(" ")} ${FRESH} 2>/dev/tty; echo code=$?`);

    const live = await shown.until(/(?:RUNNING[\s\S]*){3}/);
    expect(live.match(/t-\w{20}(?= +RUNNING)/g)).toEqual(ids);
    const end = await shown.until(/code=0/);
    expect(end.match(/t-\w{20}(?= {2}COMPLETE {2}█)/g)).toEqual(ids);
  });

  it("fifty tasks fill the screen and no more, the rest in one line", async () => {
    const ids = addTasks(50, 15_000);
    const shown = open(80, 24);
    shown.type(`taskwait ${ids.join(" ")} -o json >/dev/null; echo code=$?`);

    await shown.until(/… 28 more: .*running/);
    const rows = shown.screen().filter((line) => / (RUNNING|CREATED|COMPLETE|asking) /.test(line));
    expect(rows).toHaveLength(22);
    const end = await shown.until(/code=0/);
    expect(end).toMatch(/… 28 more: 28 complete\ntaskwait: 50 tasks in [\d.]+ s, \d+ calls\ncode=0/);
    // Nothing of an earlier frame was left behind.
    const everything = shown.screen(true).join("\n");
    expect(everything.match(/more:/g)).toHaveLength(1);
  });

  it("a resize leaves no debris, narrower or wider, and rows keep to the width", async () => {
    const ids = addTasks(3, 20_000);
    const shown = open(100, 24);
    shown.type(`clear; taskwait ${ids.join(" ")} ${FRESH} -o json >/dev/null; echo code=$?`);
    await shown.until(/(?:RUNNING[\s\S]*){3}/);
    shown.resize(50, 24);
    await shown.until(/^([^\n]*\n)*(?!.*calls).*RUNNING/);
    shown.resize(90, 12);
    await shown.until(/calls/);
    const end = await shown.until(/code=0/);

    expect(end.match(/COMPLETE/g)).toHaveLength(3);
    // What a terminal itself moves into its history while it breaks lines again is beyond reach.
    expect(end).not.toMatch(/RUNNING/);
  });

  it("Ctrl-C restores the cursor and shows the command to go on", async () => {
    const [id] = addTasks(1, 3_600_000);
    const shown = open(80, 24);
    shown.type(`taskwait ${id} --timeout 2h; echo code=$?`);
    await shown.until(/RUNNING/);
    shown.press("C-c");

    const end = await shown.until(/code=130/);
    expect(end).toContain(`\n  taskwait wait ${id} --timeout 2h\n`);
    expect(shown.hasCursor()).toBe(true);
  });

  it("a hostile name moves nothing, sets no title and is shown escaped", async () => {
    const [id] = addTasks(1, 6000, HOSTILE_NAME);
    const shown = open(120, 24);
    const title = shown.title();
    shown.type(`echo before; taskwait ${id} ${FRESH}; echo code=$?`);

    const live = await shown.until(/RUNNING/);
    expect(live).toMatch(/\\u\{1b\}\]0;owned/);
    const end = await shown.until(/code=0/);
    expect(end).toContain("before");
    expect(shown.title()).toBe(title);
  });

  it("wide characters keep the columns in line", async () => {
    const ids = [...addTasks(1, 6000, "备份中心资源盘点"), ...addTasks(1, 6000, "inventory nightly")];
    const shown = open(130, 24);
    shown.type(`taskwait ${ids.join(" ")} ${FRESH} -o json >/dev/null; echo code=$?`);
    await shown.until(/(?:RUNNING[\s\S]*){2}/);
    const end = await shown.until(/code=0/);
    const [first = "", second = ""] = end.split("\n").filter((line) => line.includes("✔"));

    expect(first).toContain("备份中心资源盘点");
    // Each of the 8 wide characters is one in the text and two on the screen.
    expect(first.indexOf("COMPLETE") + 8).toBe(second.indexOf("COMPLETE"));
  });

  it("--no-progress and a dumb terminal get lines, without control codes", async () => {
    const [id] = addTasks(1, 2000);
    const shown = open(80, 24);
    shown.type(`taskwait ${id} --no-progress --quiet; TERM=dumb taskwait ${id}; echo code=$?`);

    const end = await shown.until(/code=0/);
    expect(end).toMatch(new RegExp(`${id} \\(.*\\) COMPLETE 100% after`));
    expect(end).not.toMatch(/█/);
  });

  it("the demo pleases the eye and exits 0", async () => {
    const shown = open(80, 24);
    shown.type("taskwait demo; echo code=$?");

    await shown.until(/RUNNING +█+░+ +\d+%/);
    const end = await shown.until(/code=0/);
    expect(end).toMatch(/✔ t-\w{20} .*COMPLETE .*█+ +100%/);
    expect(end).toMatch(/total +180/);
    expect(end.split("\n").every((line) => line.length <= 80)).toBe(true);
  });
});
