import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { waitEventRecordSchema } from "../../src/index.ts";

const ROOT = join(import.meta.dirname, "../..");

interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly taskId?: string; readonly event?: string; readonly tasks?: readonly unknown[] };
}

let emulator: Emulator;
let server: ChildProcess;
let address: string;
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
const open: IncomingMessage[] = [];

beforeEach(async () => {
  emulator = await startEmulator({ seed: 3, starts: { UPDATE_RESOURCES: { durationMs: 1500 } } });
  server = spawn(process.execPath, ["examples/live-page/serve.mjs"], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], ...emulator.env, PORT: "0", HEARTBEAT_MS: "200" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(server.stdout as NonNullable<typeof server.stdout>, "data")) as [Buffer];
  address = line.toString().trim();
});

afterEach(async () => {
  for (const response of open.splice(0)) {
    response.destroy();
  }
  if (server.exitCode === null) {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
  await emulator.stop();
});

async function stream(headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const [response] = (await once(get(`${address}events`, { headers, agent }), "response")) as [
    IncomingMessage,
  ];
  response.on("error", () => undefined);
  open.push(response);
  return response;
}

/** What a reader gets, until it has enough or the stream ends. */
async function read(
  response: IncomingMessage,
  isEnough: (events: readonly ServerEvent[], text: string) => boolean,
): Promise<{ events: ServerEvent[]; text: string }> {
  let text = "";
  const eventsOf = () =>
    [...text.matchAll(/^id: (.*)\nevent: (.*)\ndata: (.*)\n\n/gm)].map(
      ([, id = "", event = "", data = ""]): ServerEvent => ({ id, event, data: JSON.parse(data) }),
    );
  for await (const chunk of response.setEncoding("utf8")) {
    text += chunk;
    if (isEnough(eventsOf(), text)) {
      break;
    }
  }
  return { events: eventsOf(), text };
}

const isSettled = (events: readonly ServerEvent[]): boolean =>
  events.some(({ data }) => data.event === "settled");

/** How many ends of tasks a reader gets, until it has that many or is dropped. */
async function settledOf(response: IncomingMessage, enough: number): Promise<number> {
  let count = 0;
  let rest = "";
  try {
    const chunks = response.setEncoding("utf8").iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      const parts = (rest + chunk).split('"event":"settled"');
      count += parts.length - 1;
      rest = parts.at(-1)?.slice(-20) ?? "";
      if (count >= enough) {
        break;
      }
    }
  } catch {
    // Dropped.
  }
  return count;
}

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${address}tasks`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const polls = (taskId: string): number =>
  emulator.requests().filter((one) => one.action === "DescribeTask" && one.taskId === taskId).length;

describe("examples/live-page", () => {
  it("starts a task and streams its records, as they are in --output jsonl", async () => {
    const reading = read(await stream(), isSettled);
    const answer = await post({});
    const { taskId } = (await answer.json()) as { taskId: string };
    const { events } = await reading;
    expect(answer.status).toBe(202);
    expect(events.slice(0, 2).map(({ event }) => event)).toEqual(["snapshot", "task"]);
    const records = events.filter(({ event }) => event === "record").map(({ data }) => data);
    for (const record of records) {
      expect(waitEventRecordSchema.parse(record)).toMatchObject({ taskId });
    }
    expect(records.slice(-2).map(({ event }) => event)).toEqual(["complete", "settled"]);
  });

  it("goes on after Last-Event-ID, with nothing twice and nothing left out", async () => {
    emulator.world.addTask({ taskId: "t-1", durationMs: 1500 });
    const whole = read(await stream(), isSettled);
    const cut = await stream();
    await post({ taskId: "t-1" });
    const first = await read(cut, (events) => events.length >= 3);
    const lastEventId = first.events.at(-1)?.id ?? "";
    const second = await read(await stream({ "last-event-id": lastEventId }), isSettled);
    const ids = [...first.events, ...second.events].map(({ id }) => id);
    expect(second.events.map(({ event }) => event)).not.toContain("snapshot");
    expect(ids).toEqual((await whole).events.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("sends a snapshot to a reader whose last event it does not know", async () => {
    emulator.world.addTask({ taskId: "t-1", durationMs: 0 });
    const settled = read(await stream(), isSettled);
    await post({ taskId: "t-1" });
    await settled;
    for (const id of ["", "1", "of-another-run:7", "of-another-run:x"]) {
      const { events } = await read(await stream({ "last-event-id": id }), (some) => some.length > 0);
      expect(events[0]?.event).toBe("snapshot");
      expect(events[0]?.data.tasks).toEqual([
        expect.objectContaining({ taskId: "t-1", outcome: "complete" }),
      ]);
    }
  });

  it("costs the polls of one wait, however many read: 1,000 readers and one", async () => {
    emulator.world.addTask({ taskId: "t-one", durationMs: 3000 });
    emulator.world.addTask({ taskId: "t-many", durationMs: 3000 });
    const alone = read(await stream(), isSettled);
    await post({ taskId: "t-one" });
    await alone;
    const readers = await Promise.all(Array.from({ length: 1000 }, () => stream()));
    emulator.world.addTask({ taskId: "t-shared", durationMs: 3000 });
    const reading = readers.map((reader) => read(reader, isSettled));
    await post({ taskId: "t-shared" });
    const all = await Promise.all(reading);
    expect(all.every(({ events }) => isSettled(events))).toBe(true);
    // One wait's polls differ a little from run to run by their jitter.
    expect(polls("t-shared")).toBeLessThanOrEqual(2 * polls("t-one"));
    expect(polls("t-one")).toBeGreaterThan(0);
  });

  it("says something while nothing happens, so that proxies keep the connection", async () => {
    const { text } = await read(await stream(), (_, so) => so.split(": still here\n\n").length > 3);
    expect(text).toContain("retry: 1000");
  });

  it("refuses what another site's page could send, and what is no task", async () => {
    const answers = [
      await post({}, { origin: "http://evil.example" }),
      await post({}, { "content-type": "text/plain" }),
      await post({ taskId: "../../x y" }),
      await post({ taskId: 7 }),
      await post("{"),
      await post("x".repeat(10_000)),
      await fetch(`${address}../serve.mjs`),
      await fetch(`${address}public/page.js`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 400, 400, 400, 404, 404]);
    expect(emulator.requests()).toEqual([]);
  });

  it("answers a request whose target is no URL, and goes on", async () => {
    const [response] = (await once(get(`${address}/`, { agent }), "response")) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(404);
    expect((await fetch(address)).status).toBe(200);
  });

  it("ends on SIGTERM: streams end, it exits with 0, and nothing hangs on a reader", async () => {
    emulator.world.addTask({ taskId: "t-long", durationMs: 3_600_000 });
    const readers = await Promise.all([stream(), stream()]);
    await post({ taskId: "t-long" });
    const ends = readers.map((reader) => read(reader, () => false));
    const exit = once(server, "exit");
    server.kill("SIGTERM");
    await Promise.all(ends);
    expect(await exit).toEqual([0, null]);
  });

  it("drops a reader that has stopped reading, and goes on for the others", async () => {
    // Its stream is paused from the start: what it does not read fills the socket, and then the server's memory.
    const stopped = await stream();
    stopped.pause();
    const count = 40;
    const reader = await stream();
    const result = { detail: "x".repeat(40_000) };
    for (let index = 0; index < count; index++) {
      emulator.world.addTask({ taskId: `t-${index}`, durationMs: 0, result });
      await post({ taskId: `t-${index}` });
      // One that reads gets each end before the next task begins.
      expect(await settledOf(reader, 1)).toBe(1);
    }
    // It reads what had reached its side, and then finds the end.
    expect(await settledOf(stopped, count)).toBeLessThan(count);
  });
});
