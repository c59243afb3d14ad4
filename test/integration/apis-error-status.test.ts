import { afterEach, describe, expect, test } from "vitest";
import { defineTaskApi } from "../../src/apis/declared-api.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { classifyError } from "../../src/policy/observe/classify-error.ts";
import { waitForTask } from "../../src/wait/wait-for-task.ts";
import { type Peer, startPeer } from "./client-peer.ts";

const API = defineTaskApi({
  name: "video",
  request: { style: "http", url: "https://api.example.com/jobs/{id}" },
  task: { status: "state", states: { complete: ["done"], running: ["busy"] } },
});
const BODIES = {
  empty: "",
  html: "<html><body><h1>nginx</h1></body></html>",
  text: "no way",
  "JSON text": '"no way"',
  "JSON without a code": "{}",
} as const;
const MEANINGS: readonly (readonly [httpStatus: number, meaning: string])[] = [
  [400, "permanent"],
  [401, "denied"],
  [403, "denied"],
  [404, "notFound"],
  [408, "transient"],
  [429, "throttled"],
  [500, "transient"],
  [502, "transient"],
  [503, "transient"],
];

const peers: Peer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function answering(httpStatus: number, body: string): Promise<Peer> {
  const peer = await startPeer((response) => response.writeHead(httpStatus).end(body));
  peers.push(peer);
  return peer;
}

async function errorOf(httpStatus: number, body: string): Promise<unknown> {
  const { origin } = await answering(httpStatus, body);
  return await taskApiSource(API, { endpoint: origin })
    .describe("job-1", {})
    .catch((error: unknown) => error);
}

describe("an HTTP error of a declared API", () => {
  test.each(MEANINGS)("counts by its status, whatever its body is: %i is %s", async (httpStatus, meaning) => {
    for (const [name, body] of Object.entries(BODIES)) {
      const error = await errorOf(httpStatus, body);
      expect(error, name).toMatchObject({ httpStatus, apiCode: `HTTP${httpStatus}` });
      expect(classifyError(error), name).toBe(meaning);
    }
  });

  test("shows what came in place of the service's JSON", async () => {
    expect(String(await errorOf(404, BODIES.empty))).toMatch(/video "job-1" failed: HTTP404: an empty body/);
    expect(String(await errorOf(403, BODIES.html))).toMatch(/failed: HTTP403: "<html><body><h1>nginx/);
  });

  test("ends a wait at once as not found or denied", async () => {
    for (const [httpStatus, kind] of [
      [404, "notFound"],
      [401, "denied"],
      [403, "denied"],
    ] as const) {
      const peer = await answering(httpStatus, "");
      const client = { endpoint: peer.origin };
      const outcome = await waitForTask("job-1", { api: API, client, notFoundGraceMs: 0 }).outcome;
      expect([httpStatus, outcome.kind, peer.seen.length]).toEqual([httpStatus, kind, 1]);
    }
  });

  test.each([
    [{ success: false, errors: [{ code: 10000, message: "Authentication error" }] }, "10000: Authentication"],
    [{ errors: [{ status: "403", title: "Forbidden", detail: "not yours" }] }, "403: not yours"],
    [{ errors: ["not yours"] }, "HTTP403: not yours"],
    [{ error: { code: "no", message: "not yours" }, errors: [{ message: "other" }] }, "no: not yours"],
    [{ errors: [] }, "HTTP403: no message"],
  ])("says code and message of %j", async (body, says) => {
    expect(String(await errorOf(403, JSON.stringify(body)))).toContain(`failed: ${says}`);
  });
});
