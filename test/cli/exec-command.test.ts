import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { execCommand } from "../../src/cli/hooks/exec-command.ts";
import type { Outcome } from "../../src/index.ts";

const HOSTILE = [
  "$(touch owned)",
  "`touch owned`",
  "'; touch owned; '",
  '"; touch owned; "',
  "a\ntouch owned\n",
  "&& touch owned",
  "| touch owned",
  "-n --help",
  "\u0000; touch owned",
  "$TASKWAIT_ID $HOME \\",
  "\u001b[2J\u202eevil",
];

let folder: string;
let told: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "taskwait-exec-"));
  told = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    told += String(text);
    return true;
  });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function exec(command: string, taskId: string, outcome: unknown, signal = new AbortController().signal) {
  return execCommand(`cd '${folder}' && ${command}`, taskId, outcome as Outcome, signal);
}

const completed = (taskResult: string, taskStatus = "COMPLETE") => ({
  kind: "complete",
  task: { taskId: "t", taskStatus, taskResult },
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the command of --exec", () => {
  it.each(HOSTILE)(
    "gets %j as an id, a status, a result and an error's message, and nothing of it runs",
    async (text) => {
      const plain = text.replaceAll("\0", "");
      const show = `printf '%s|%s|%s|%s' "$TASKWAIT_ID" "$TASKWAIT_STATUS" "$TASKWAIT_OUTCOME" "$TASKWAIT_RESULT" > out`;

      expect(await exec(`${show}; : $TASKWAIT_ID $TASKWAIT_RESULT`, text, completed(text, text))).toBe(true);
      expect(readFileSync(join(folder, "out"), "utf8")).toBe(`${plain}|${plain}|complete|${plain}`);
      expect(await exec(show, text, { kind: "failed", error: new Error(text) })).toBe(true);
      expect(readFileSync(join(folder, "out"), "utf8")).toBe(`${plain}||failed|${plain}`);
      expect(readdirSync(folder)).toEqual(["out"]);
      expect(told).toBe("");
    },
  );

  it("has its output on standard error, by lines", async () => {
    expect(await exec("echo one; echo two >&2", "t-1", completed("{}"))).toBe(true);
    expect(told.trim().split("\n").sort()).toEqual(["one", "two"]);
  });

  it.each([
    ["exit 3", /^taskwait: --exec failed after t-1: it exited with 3\n$/],
    ["kill -9 $$", /^taskwait: --exec failed after t-1: it was ended by SIGKILL\n$/],
    ["no-such-command-here 2> /dev/null", /it exited with 127/],
  ])("that fails by %j is told of", async (command, message) => {
    expect(await exec(command, "t-1", completed("{}"))).toBe(false);
    expect(told).toMatch(message);
  });

  it("gets no result that is longer than a variable can be, and is told so", async () => {
    const isSet = await exec("! env | grep -q ^TASKWAIT_RESULT=", "t-1", completed("x".repeat(200_000)));

    expect(isSet).toBe(true);
    expect(told).toMatch(/the result of t-1 is too long for --exec: TASKWAIT_RESULT is not set/);
  });

  it("gets neither the secret nor a command to run again", async () => {
    vi.stubEnv("TASKWAIT_WEBHOOK_SECRET", "whsec_x");
    vi.stubEnv("TASKWAIT_EXEC", "touch owned");

    expect(await exec("env > out", "t-1", completed("{}"))).toBe(true);
    expect(readFileSync(join(folder, "out"), "utf8")).not.toMatch(/TASKWAIT_(?:WEBHOOK_SECRET|EXEC)/);
  });

  it("ends with the signal", async () => {
    const controller = new AbortController();
    const ended = exec("touch begun; exec sleep 60", "t-1", completed("{}"), controller.signal);
    await vi.waitUntil(() => existsSync(join(folder, "begun")), { timeout: 20_000 });
    controller.abort();

    expect(await ended).toBe(false);
  });

  it("ends with the signal, though what its shell has begun goes on and holds its output", async () => {
    const controller = new AbortController();
    const line = "until [ -e go ]; do touch begun; sleep 0.1; done";
    const ended = exec(`(${line}); true`, "t-1", completed("{}"), controller.signal);
    await vi.waitUntil(() => existsSync(join(folder, "begun")), { timeout: 20_000 });
    controller.abort();

    expect(await ended).toBe(false);
    writeFileSync(join(folder, "go"), "");
  });

  it("is killed a second after the signal when it ignores being asked to end", async () => {
    const controller = new AbortController();
    const line = "trap '' TERM; touch begun; while :; do sleep 0.1; done";
    const ended = exec(line, "t-1", completed("{}"), controller.signal);
    await vi.waitUntil(() => existsSync(join(folder, "begun")), { timeout: 20_000 });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    controller.abort();
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();

    expect(await ended).toBe(false);
    expect(told).toMatch(/it was ended by SIGKILL/);
  });

  it("ends with the signal together with what its shell has begun", async () => {
    const controller = new AbortController();
    const child = `sh -c 'echo $$ > pid; touch begun; while :; do sleep 0.1; done' > /dev/null 2>&1`;
    const ended = exec(`${child} & wait`, "t-1", completed("{}"), controller.signal);
    await vi.waitUntil(() => existsSync(join(folder, "begun")), { timeout: 20_000 });
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    controller.abort();

    expect(await ended).toBe(false);
    await vi.waitUntil(() => !isRunning(pid), { timeout: 20_000 });
  });

  it("is done when its shell is, whatever that left in the background with its output", async () => {
    const line = "echo $$ > pid; echo before; (until [ -e go ]; do sleep 0.1; done; touch ended) & true";

    expect(await exec(line, "t-1", completed("{}"))).toBe(true);
    expect(existsSync(join(folder, "ended"))).toBe(false);
    expect(told).toBe("before\n");
    writeFileSync(join(folder, "go"), "");
    await vi.waitUntil(() => existsSync(join(folder, "ended")), { timeout: 20_000 });
  });

  it("that writes without line breaks is not kept in memory", async () => {
    const writes: number[] = [];
    vi.mocked(process.stderr.write).mockImplementation((text) => {
      writes.push(String(text).length);
      return true;
    });

    expect(await exec("head -c 5000000 /dev/zero", "t-1", completed("{}"))).toBe(true);
    expect(writes.length).toBeGreaterThan(5);
    expect(Math.max(...writes)).toBeLessThan(1_000_000);
  });

  it("that can't be begun, as with too long an environment, has failed", async () => {
    const long = completed("{}", "x".repeat(3_000_000));

    expect(await exec("true", "t-1", long)).toBe(false);
    expect(told).toMatch(/^taskwait: --exec failed after t-1: .*E2BIG\n$/);
  });
});
