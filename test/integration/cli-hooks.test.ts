import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { commandLines } from "./harness/command-lines.ts";
import { ownFolder } from "./harness/files.ts";
import { killedLines } from "./harness/killed-lines.ts";
import { expectRefused } from "./harness/refused.ts";

const SECRET = `whsec_${Buffer.from("a key of thirty-two bytes, or so").toString("base64")}`;
const SEED = Number(process.env["TASKWAIT_TEST_SEED"] ?? 1);
const folder = ownFolder();

interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const posted: Posted[] = [];
let emulator: Emulator;
let receiver: Server;
let origin: string;

/** What the receiver does, by the path. */
const MANNERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/ok": (response) => response.writeHead(204).end(),
  "/down": (response) => response.writeHead(500).end("t0ps3cret"),
  "/hang": () => undefined,
  "/reset": (response) => response.socket?.resetAndDestroy(),
  "/busy": (response) => response.writeHead(429, { "retry-after": "3600" }).end(),
  "/left": (response) => response.writeHead(410).end(),
  "/moved": (response) => response.writeHead(302, { location: "/ok" }).end(),
};

beforeAll(async () => {
  emulator = await startEmulator();
  receiver = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) {
      body += String(chunk);
    }
    const path = new URL(request.url ?? "", origin).pathname;
    posted.push({ path, headers: request.headers, body });
    MANNERS[path]?.(response);
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});

beforeEach(() => {
  posted.length = 0;
});

afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await emulator.stop();
});

const runLine = commandLines();
const runKilled = killedLines();
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runLine(args, { ...emulator.env, TASKWAIT_WEBHOOK_SECRET: SECRET, ...env });

const add = (task: object = {}): string =>
  emulator.world.addTask({ durationMs: 1, result: { n: 1 }, ...task }).taskId;
const idsOf = (posts: readonly Posted[]): ReadonlySet<unknown> =>
  new Set(posts.map(({ headers }) => headers["webhook-id"]));

describe("--notify", () => {
  it("posts to each receiver, and whatever they do changes neither result nor exit code", async () => {
    const taskId = add();
    const urls = Object.keys(MANNERS).flatMap((path) => ["--notify", `${origin}${path}?token=t0ps3cret`]);
    const { code, stdout, stderr } = await run([taskId, ...urls, "--notify-timeout", "2s", "-v"]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: `${taskId} COMPLETE {"n":1}\n` });
    expect(stderr).toMatch(
      new RegExp(`^taskwait: warning: 6 notifications to ${origin} not delivered: .*$`, "m"),
    );
    expect(stderr).not.toMatch(/t0ps3cret|whsec_/);
    const tries = Object.keys(MANNERS).map((path) => posted.filter((post) => post.path === path).length);
    expect(tries.slice(4)).toEqual([1, 1, 1]);
    expect(tries[0]).toBe(1);
    expect(Math.min(...tries.slice(1, 4))).toBeGreaterThan(0);
    expect(tries[1]).toBeGreaterThan(1);
    expect(idsOf(posted).size).toBe(1);
    for (const { headers, body } of posted) {
      const event = new Webhook(SECRET).verify(body, headers as Record<string, string>);
      expect(event).toMatchObject({
        specversion: "1.0",
        subject: taskId,
        data: { event: "settled", outcome: "complete" },
      });
    }
  });

  it("tells of the end of each task, and with --notify-on of each status", async () => {
    const tasks = [add(), add({ status: "FAILED" })];
    const { code } = await run([...tasks, "--notify", `${origin}/ok`, "--notify-on", "status,settled", "-q"]);

    expect(code).toBe(1);
    const told = posted.map(
      ({ body }) => JSON.parse(body) as { readonly type: string; readonly subject: string },
    );
    for (const subject of tasks) {
      expect(told.filter((one) => one.subject === subject).map(({ type }) => type)).toEqual([
        "taskwait.status",
        "taskwait.settled",
      ]);
    }
  });

  it.each([
    [["t-1", "--notify", "http://example.com/t0ps3cret"], /--notify must be https beyond this machine/],
    [["t-1", "--notify", "t0ps3cret"], /--notify must be an https URL/],
    [["t-1", "--notify", "https://x.example", "--notify-on", "end"], /--notify-on must be some of .*"end"/],
    [
      ["t-1", "--notify", "https://x.example", "--notify-timeout", "2h"],
      /--notify-timeout must be .*at most 1 h/,
    ],
    [["t-1", "--notify-on", "settled"], /--notify-on is for --notify/],
    [
      ["start", "update-resources", "--no-wait", "--notify", "https://x.example"],
      /--no-wait and --notify can't be used together/,
    ],
    [["t-1", "--exec", " "], /--exec must be a command/],
    [["start", "update-resources", "--renew-after", "1h"], /--renew-after is for --state/],
  ])("%j is refused before the first call", async (args, message) => {
    const { stderr } = await expectRefused(emulator, () => run(args), message);

    expect(stderr).not.toContain("t0ps3cret");
  });

  it("in a variable gives way to --no-wait, and the variable of --no-wait to it", async () => {
    const start = ["start", "update-resources", "-q"];
    const [started, waited] = await Promise.all([
      run([...start, "--no-wait"], { TASKWAIT_NOTIFY: `${origin}/ok` }),
      run([...start, "--notify", `${origin}/ok?t0ps3cret`, "--timeout", "1s"], { TASKWAIT_NO_WAIT: "1" }),
    ]);

    expect(started).toMatchObject({ code: 0, stdout: expect.stringMatching(/^t-\w+\n$/) });
    expect(waited.code).toBe(124);
    expect(waited.stderr).toContain("To go on waiting, with --notify as before:\n");
    expect(waited.stderr).not.toContain("t0ps3cret");
    expect(posted.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { data: { outcome: "timedOut" } },
    ]);
  });

  it("refuses a secret of another form, without showing it, and takes URLs from the variable", async () => {
    const bad = await run(["t-1"], { TASKWAIT_NOTIFY: `${origin}/ok`, TASKWAIT_WEBHOOK_SECRET: "t0ps3cret" });
    const good = await run([add(), "-q"], { TASKWAIT_NOTIFY: `${origin}/ok?1\n${origin}/ok?2` });

    expect(bad).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^taskwait: TASKWAIT_WEBHOOK_SECRET must be whsec_/),
    });
    expect(bad.stderr).not.toContain("t0ps3cret");
    expect(good.code).toBe(0);
    expect(posted).toHaveLength(2);
  });
});

describe("--exec", () => {
  it("runs once after each task, one after the other, with the task in the environment", async () => {
    const out = join(folder, "exec.txt");
    const tasks = [
      add({ result: `{"a":"$(touch ${folder}/owned) \\" '"}` }),
      add({ status: "FAILED", errorMessage: "`x`\n;" }),
    ];
    const command = `printf '%s %s %s %s\\n' "$TASKWAIT_ID" "$TASKWAIT_STATUS" "$TASKWAIT_OUTCOME" "$TASKWAIT_RESULT" >> '${out}'; echo loud`;
    const { code, stdout, stderr } = await run([...tasks, "--exec", command]);

    expect(code).toBe(1);
    expect(stdout).not.toContain("loud");
    expect(stderr.match(/^loud$/gm)).toHaveLength(2);
    const lines = readFileSync(out, "utf8").trimEnd().split("\n").sort();
    expect(lines).toHaveLength(2);
    expect(lines.join("\n")).toContain(
      `${tasks[0]} COMPLETE complete {"a":"$(touch ${folder}/owned) \\" '"}`,
    );
    expect(lines.join("\n")).toMatch(new RegExp(`${tasks[1]} FAILED failed task ${tasks[1]} .*failed: `));
  });

  it("that fails is exit code 8, unless a task has one of its own", async () => {
    const [good, bad] = await Promise.all([
      run([add(), "--json", "--exec", "exit 3"]),
      run([add({ status: "EXPIRED" }), "-q", "--exec", "exit 3"]),
    ]);

    expect(good.stderr).toMatch(/taskwait: --exec failed after t-\w+: it exited with 3/);
    expect(JSON.parse(good.stdout)).toMatchObject({ exitCode: 8 });
    expect(good.code).toBe(8);
    expect(bad.code).toBe(3);
  });
});

describe("a nightly job", () => {
  it("that is killed at ten random moments is one task and one notification a night", {
    timeout: 600_000,
  }, async () => {
    const own = await startEmulator({ starts: { UPDATE_RESOURCES: { durationMs: 1500, result: { n: 1 } } } });
    const random = seededRandom(SEED);
    const out = join(folder, "night-exec.txt");
    const state = join(folder, "st.json");
    const line = [
      ...["start", "update-resources", "--state", state, "--attempts", "3", "-q"],
      ...["--notify", `${origin}/ok`, "--exec", `echo "$TASKWAIT_ID" >> '${out}'`],
    ];
    const once = async (spanMs?: number, more: readonly string[] = []): Promise<number | null> => {
      const killAfterMs = spanMs === undefined ? undefined : random() * spanMs;
      for (;;) {
        const env = { ...own.env, TASKWAIT_WEBHOOK_SECRET: SECRET };
        const { code, isHeld } = await runKilled([...line, ...more], env, killAfterMs);
        if (!isHeld) {
          return code;
        }
      }
    };
    // A kill between a delivery, or the command's end, and the note of it makes it happen once more; after the note
    // nothing does.
    const counts = (): { posted: number; ran: number } => ({
      posted: posted.length,
      ran: existsSync(out) ? readFileSync(out, "utf8").trim().split("\n").length : 0,
    });
    const isNoted = (): boolean =>
      existsSync(state) &&
      (JSON.parse(readFileSync(state, "utf8")) as { done?: readonly string[] }).done?.length === 2;
    try {
      const codes: (number | null)[] = [];
      for (let kill = 0; kill < 10; kill += 1) {
        const [noted, before] = [isNoted(), counts()];
        codes.push(await once(1500));
        expect(noted ? counts() : before).toEqual(before);
      }
      codes.push(await once());
      expect(isNoted()).toBe(true);

      expect(codes.filter((code) => code !== null && code !== 0)).toEqual([]);
      expect(own.world.size).toBe(1);
      expect(idsOf(posted).size).toBe(1);
      expect(new Set(readFileSync(out, "utf8").trim().split("\n")).size).toBe(1);
      const before = posted.length;
      expect(await once()).toBe(0);
      expect(await once(undefined, ["--renew-after", "12h"])).toBe(0);
      expect({ posted: posted.length, tasks: own.world.size }).toEqual({ posted: before, tasks: 1 });
      // The next night.
      expect(await once(undefined, ["--renew-after", "1s"])).toBe(0);
      expect(own.world.size).toBe(2);
      expect(idsOf(posted).size).toBe(2);
    } finally {
      await own.stop();
    }
  });

  it("delivers what an earlier run could not, and not twice what it could", async () => {
    const state = join(folder, "later.json");
    const own = await startEmulator({ starts: { UPDATE_RESOURCES: { durationMs: 1 } } });
    const flags = ["start", "update-resources", "--state", state, "-q", "--notify-timeout", "1s"];
    const night = (paths: readonly string[]) =>
      runLine([...flags, ...paths.flatMap((path) => ["--notify", origin + path])], {
        ...own.env,
        TASKWAIT_WEBHOOK_SECRET: SECRET,
      });
    try {
      const first = await night(["/ok", "/down?1"]);
      const second = await night(["/ok", "/ok?2"]);

      expect([first.code, second.code]).toEqual([0, 0]);
      expect(posted.filter(({ path }) => path === "/ok")).toHaveLength(2);
      expect(idsOf(posted).size).toBe(1);
      expect(readFileSync(state, "utf8")).not.toContain(origin);
    } finally {
      await own.stop();
    }
  });
});
