import { Agent } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, type EmulatorOptions, type Fault, startEmulator } from "../../src/emulator/index.ts";
import { exchangeRaw, poll, signedHeaders } from "./emulator-wire.ts";

const started: Emulator[] = [];
const agents: Agent[] = [];
async function withFault(fault: Fault | readonly Fault[], options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({
    tasks: [{ taskId: "t-1", durationMs: "never" }],
    faults: () => fault,
    ...options,
  });
  started.push(emulator);
  return emulator;
}

/** One connection, kept. */
function keptAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

afterEach(async () => {
  for (const agent of agents.splice(0)) {
    agent.destroy();
  }
  await Promise.all(started.splice(0).map((emulator) => emulator.stop()));
});

const taskIdIn = (body: Buffer): unknown => JSON.parse(body.toString()).Data.TaskId;

describe("what a fault looks like on the wire", () => {
  it("latency: the answer is late, and whole", async () => {
    const emulator = await withFault({ kind: "latency", ms: 120 });
    const before = performance.now();
    const { status, body } = await poll(emulator);
    expect(performance.now() - before).toBeGreaterThanOrEqual(115);
    expect([status, taskIdIn(body)]).toEqual([200, "t-1"]);
  });

  it("hang before the headers: not a byte, but the operation was performed", async () => {
    const emulator = await withFault({ kind: "hang", at: "headers" });
    expect(await poll(emulator, undefined, 150)).toMatchObject({ status: 0, brokenBy: "timeout" });
    expect(emulator.requests()[0]).toMatchObject({ httpStatus: 0, faults: ["hang"], taskId: "t-1" });
    expect(emulator.counters("DescribeTask").accepted).toBe(1);
  });

  it("hang in the body: half of it", async () => {
    const { status, headers, body, brokenBy } = await poll(
      await withFault({ kind: "hang", at: "body" }),
      undefined,
      150,
    );
    expect([status, brokenBy]).toEqual([200, "timeout"]);
    expect(body.length).toBe(Number(headers["content-length"]) >> 1);
  });

  it("dribble: all of it, bit by bit", async () => {
    const before = performance.now();
    const { body } = await poll(await withFault({ kind: "dribble", bytes: 100, everyMs: 20 }));
    expect(performance.now() - before).toBeGreaterThanOrEqual(60);
    expect(taskIdIn(body)).toBe("t-1");
  });

  it("reset at the request: no answer, and the operation was not performed", async () => {
    const emulator = await withFault({ kind: "reset", at: "request" });
    expect(await poll(emulator)).toMatchObject({ status: 0, brokenBy: "ECONNRESET" });
    expect(emulator.counters("DescribeTask").accepted).toBe(0);
  });

  it("reset in the body: half an answer, and the operation was performed", async () => {
    const emulator = await withFault({ kind: "reset", at: "body" });
    const { status, brokenBy } = await poll(emulator);
    expect([status, brokenBy]).toEqual([200, "ECONNRESET"]);
    expect(emulator.counters("DescribeTask").accepted).toBe(1);
  });

  it("reset of the connection: before any request", async () => {
    const emulator = await withFault([], { resetConnection: (n) => n === 0 });
    expect((await poll(emulator)).brokenBy).toBe("ECONNRESET");
    expect((await poll(emulator)).status).toBe(200);
    expect(emulator.requests()).toHaveLength(1);
  });

  it("truncate: half of the JSON, well packed", async () => {
    const { status, headers, body, brokenBy } = await poll(await withFault({ kind: "truncate" }));
    expect([status, brokenBy, body.length]).toEqual([200, undefined, Number(headers["content-length"])]);
    expect(() => JSON.parse(body.toString())).toThrow();
  });

  it.each<[Fault, number, string | undefined, RegExp]>([
    [{ kind: "contentType" }, 200, "application/octet-stream", /"TaskId":"t-1"/],
    [{ kind: "contentType", value: "text/plain" }, 200, "text/plain", /"TaskId":"t-1"/],
    [{ kind: "html" }, 502, "text/html", /^<html>/],
    [{ kind: "html", httpStatus: 200 }, 200, "text/html", /^<html>/],
    [{ kind: "empty" }, 200, undefined, /^$/],
    [{ kind: "empty", httpStatus: 500 }, 500, undefined, /^$/],
    [{ kind: "redirect" }, 302, undefined, /^$/],
    [
      { kind: "refuse", code: "InternalError" },
      500,
      "application/json;charset=utf-8",
      /"Code":"InternalError"/,
    ],
    [
      { kind: "refuse", code: "Odd", httpStatus: 418, message: "tea" },
      418,
      "application/json;charset=utf-8",
      /"Message":"tea"/,
    ],
    [{ kind: "answer", body: "{}" }, 200, "application/json;charset=utf-8", /^\{\}$/],
    [
      { kind: "answer", body: "x", httpStatus: 204, headers: { "x-odd": "1" } },
      204,
      "application/json;charset=utf-8",
      /^$/,
    ],
  ])("%j", async (fault, status, contentType, body) => {
    const seen = await poll(await withFault(fault));
    expect(seen).toMatchObject({ status });
    expect(seen.headers["content-type"]).toBe(contentType);
    expect(seen.body.toString()).toMatch(body);
  });

  it("redirect: to somewhere else", async () => {
    const { headers } = await poll(await withFault({ kind: "redirect", location: "http://127.0.0.1:1/" }));
    expect(headers["location"]).toBe("http://127.0.0.1:1/");
  });

  it("refuse: with the time to wait, in milliseconds", async () => {
    const seen = await poll(
      await withFault({ kind: "refuse", code: "ServiceUnavailable", retryAfterMs: 250 }),
    );
    expect([seen.status, seen.headers["x-acs-retry-after"]]).toEqual([503, "250"]);
  });

  it("raw: exactly those bytes, then the end", async () => {
    const emulator = await withFault({ kind: "raw", bytes: Buffer.from("no HTTP at all") });
    const lines = Object.entries(signedHeaders(emulator)).map(([name, value]) => `${name}: ${value}\r\n`);
    const seen = await exchangeRaw(emulator, `GET /api/v1/tasks/t-1 HTTP/1.1\r\n${lines.join("")}\r\n`);
    expect(seen.toString()).toBe("no HTTP at all");
  });

  it("gzip: compressed", async () => {
    const { headers, body } = await poll(await withFault({ kind: "gzip" }));
    expect(headers["content-encoding"]).toBe("gzip");
    expect(taskIdIn(gunzipSync(body))).toBe("t-1");
  });

  it("chunked: without a length", async () => {
    const { headers, body } = await poll(await withFault({ kind: "chunked" }));
    expect([headers["transfer-encoding"], headers["content-length"]]).toEqual(["chunked", undefined]);
    expect(taskIdIn(body)).toBe("t-1");
  });

  it("huge: as many bytes as told, and JSON all the same", async () => {
    const { body } = await poll(await withFault({ kind: "huge", bytes: 3_000_000 }));
    expect(body.length).toBe(3_000_000);
    expect(JSON.parse(body.toString()).RequestId).toBe("huge");
  });

  it("close: the connection ends after the answer, though it was to be kept", async () => {
    const emulator = await withFault({ kind: "close" });
    const { headers, body } = await poll(emulator, keptAgent());
    expect(headers["connection"]).toBe("keep-alive");
    expect(taskIdIn(body)).toBe("t-1");
  });

  it("skew: the server's clock is elsewhere", async () => {
    const { status, headers, body } = await poll(await withFault({ kind: "skew", ms: 20 * 60_000 }));
    expect([status, JSON.parse(body.toString()).Code]).toEqual([400, "InvalidTimeStamp.Expired"]);
    const aheadMs = Date.parse(String(headers["date"])) - Date.now();
    expect(Math.abs(aheadMs - 20 * 60_000)).toBeLessThan(10_000);
  });

  it("duplicate: the answer comes twice on one connection", async () => {
    const emulator = await withFault({ kind: "duplicate" });
    const lines = Object.entries(signedHeaders(emulator)).map(([name, value]) => `${name}: ${value}\r\n`);
    const seen = await exchangeRaw(emulator, `GET /api/v1/tasks/t-1 HTTP/1.1\r\n${lines.join("")}\r\n`);
    expect(seen.toString().match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(seen.toString().match(/"TaskId":"t-1"/g)).toHaveLength(2);
  });

  it("several at once: latency goes with any other", async () => {
    const emulator = await withFault([{ kind: "latency", ms: 60 }, { kind: "empty" }]);
    const before = performance.now();
    expect((await poll(emulator)).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(55);
  });
});

describe("a decider", () => {
  it("is told of each call and its number", async () => {
    const told: unknown[] = [];
    const emulator = await withFault([], {
      faults: (request, n) => {
        told.push([n, request.action, request.taskId, request.method, request.path]);
        return undefined;
      },
    });
    await poll(emulator);
    await exchangeRaw(emulator, `GET /nowhere HTTP/1.1\r\nhost: ${new URL(emulator.endpoint).host}\r\n\r\n`);
    expect(told).toEqual([
      [0, "DescribeTask", "t-1", "GET", "/api/v1/tasks/t-1"],
      [1, undefined, undefined, "GET", "/nowhere"],
    ]);
  });

  it("that throws makes an answer 500, and the emulator goes on", async () => {
    const emulator = await withFault([], {
      faults: (_request, n) => {
        if (n === 0) {
          throw new Error("a mistake in a test");
        }
        return undefined;
      },
    });
    const first = await poll(emulator);
    expect([first.status, JSON.parse(first.body.toString()).Message]).toEqual([
      500,
      "The emulator failed: a mistake in a test",
    ]);
    expect((await poll(emulator)).status).toBe(200);
  });
});
