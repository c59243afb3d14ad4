import { afterEach, describe, expect, test } from "vitest";
import { defineTaskApi } from "../../src/apis/declared-api.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { waitForTask } from "../../src/wait/wait-for-task.ts";
import { type Peer, startPeer } from "./client-peer.ts";

const API = defineTaskApi({
  name: "video",
  request: { style: "http", url: "https://api.example.com/jobs/{id}" },
  task: { status: "state", states: { complete: ["done"], running: ["busy"] } },
});
const DATE = "Tue, 24 Nov 2026 12:00:00 GMT";

const peers: Peer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function answering(state: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const peer = await startPeer((response) => response.writeHead(200, headers).end(JSON.stringify({ state })));
  peers.push(peer);
  return peer.origin;
}

describe("Retry-After on a good answer of a declared API", () => {
  test.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    ["busy", { "retry-after": "7" }, 7000],
    ["busy", { date: DATE, "retry-after": "Tue, 24 Nov 2026 12:00:09 GMT" }, 9000],
    ["busy", { "retry-after": "999999999999" }, 999_999_999_999_000],
    ["hover", { "retry-after": "7" }, 7000],
    ["done", { "retry-after": "7" }, undefined],
    ["busy", { "retry-after": "0" }, undefined],
    ["busy", { "retry-after": "-7" }, undefined],
    ["busy", { "retry-after": "soon" }, undefined],
    ["busy", { date: DATE, "retry-after": DATE }, undefined],
    ["busy", {}, undefined],
  ])("of a task that is %s, with %j, asks for %d ms", async (state, headers, pollAfterMs) => {
    const source = taskApiSource(API, { endpoint: await answering(state, headers) });
    expect((await source.describe("job-1", {})).pollAfterMs).toBe(pollAfterMs);
  });

  test.each([
    ["7", 7000, 7700],
    ["999999999999", 27_000, 30_000],
  ])("of %s s is a floor for the next poll, within bounds", async (seconds, atLeastMs, atMostMs) => {
    const client = { endpoint: await answering("busy", { "retry-after": seconds }) };
    const abort = new AbortController();
    const bounds = { minIntervalMs: 1, maxIntervalMs: 30_000 };
    const wait = waitForTask("job-1", { api: API, client, ...bounds, signal: abort.signal });
    const nextPollMs = await new Promise<number | undefined>((resolve) => {
      wait.once("poll", (event) => resolve(event.nextPollMs));
    });
    abort.abort();
    await wait.outcome;
    expect(nextPollMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(nextPollMs).toBeLessThanOrEqual(atMostMs);
  });
});
