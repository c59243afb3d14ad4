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
  [409, "transient"],
  [410, "notFound"],
  [423, "transient"],
  [429, "throttled"],
  [500, "transient"],
  [502, "transient"],
  [503, "transient"],
];

const peers: Peer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function answering(httpStatus: number, body: string, headers = {}): Promise<Peer> {
  const peer = await startPeer((response) => response.writeHead(httpStatus, headers).end(body));
  peers.push(peer);
  return peer;
}

async function errorOf(httpStatus: number, body: string, headers = {}): Promise<unknown> {
  const { origin } = await answering(httpStatus, body, headers);
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

  const date = "Tue, 24 Nov 2026 12:00:00 GMT";
  const unixS = Date.parse(date) / 1000;
  test.each<[object, object, number | undefined]>([
    [{}, { date, "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(unixS + 40) }, 40_000],
    [{}, { date, "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(unixS - 40) }, 1000],
    [{}, { date, "x-rate-limit-remaining": "0", "x-rate-limit-reset": String((unixS + 9) * 1000) }, 9000],
    [{}, { "ratelimit-remaining": "0", "ratelimit-reset": "30" }, 30_000],
    [{ code: "Forbidden" }, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" }, 30_000],
    [{ error: { code: "PERMISSION_DENIED" } }, { "ratelimit-remaining": "0" }, undefined],
    [{ code: "Forbidden", message: "Request was denied due to request throttling." }, {}, undefined],
    [{ message: "You have exceeded a secondary rate limit." }, {}, undefined],
    [{ message: "API rate limit exceeded for user ID 1." }, {}, undefined],
    [
      { error: { code: 403, status: "PERMISSION_DENIED", errors: [{ reason: "userRateLimitExceeded" }] } },
      {},
      undefined,
    ],
  ])("takes a 403 that says %j, with %j, for a rate limit", async (body, headers, retryAfterMs) => {
    const error = await errorOf(403, JSON.stringify(body), headers);
    expect([classifyError(error), (error as { retryAfterMs?: number }).retryAfterMs]).toEqual([
      "throttled",
      retryAfterMs,
    ]);
  });

  test("takes a 403 for a refusal while calls remain, and 404 for itself when none does", async () => {
    const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" };
    expect(classifyError(await errorOf(404, "", spent))).toBe("notFound");
    const left = { ...spent, "x-ratelimit-remaining": "10" };
    for (const body of ["", JSON.stringify({ code: "Forbidden" })]) {
      expect(classifyError(await errorOf(403, body, left))).toBe("denied");
    }
  });
});

test.each([
  ["of 15 MiB is read", 15, /^done$/],
  ["of 17 MiB is refused", 17, /more than 16 MiB/],
])("an answer about one task %s", async (_, mebibytes, says) => {
  const { origin } = await answering(
    200,
    JSON.stringify({ state: "done", picture: "x".repeat(mebibytes * 1024 * 1024) }),
  );
  const found = await taskApiSource(API, { endpoint: origin })
    .describe("job-1", {})
    .then(({ serviceStatus }) => serviceStatus, String);
  expect(found).toMatch(says);
});
