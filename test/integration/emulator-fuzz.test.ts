import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { isTaskwaitError } from "../../src/task/errors.ts";
import { soak } from "../soak.ts";
import { exchangeRaw, poll, signedHeaders } from "./emulator-wire.ts";

const ANSWERS = soak(2000);
/** Of 50 requests at once. */
const ROUNDS = soak(50);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ tasks: [{ taskId: "t-1", durationMs: "never" }], keepRequests: 10 });
});
afterAll(() => emulator.stop());

function goodRequest(): Buffer {
  const lines = Object.entries(signedHeaders(emulator)).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `GET /api/v1/tasks/t-1 HTTP/1.1\r\n${lines.join("")}connection: close\r\n\r\n`,
    "latin1",
  );
}

/** A request with bytes changed, cut out, doubled or put in. */
const mutations = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(12),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc
        .constantFrom(
          "\r\n",
          "\0",
          "%",
          "%zz",
          "../",
          "?a=b&a=c",
          ": ",
          "\ud800",
          "Content-Length: 5\r\n",
          "transfer-encoding: chunked\r\n",
        )
        .map((text) => Buffer.from(text)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutate(
  bytes: Buffer,
  changes: readonly { at: number; remove: number; insert: Uint8Array }[],
): Buffer {
  return changes.reduce((now, { at, remove, insert }) => {
    const begin = Math.floor(at * now.length);
    return Buffer.concat([now.subarray(0, begin), insert, now.subarray(begin + remove)]);
  }, bytes);
}

async function expectNoServerError(requests: readonly Uint8Array[]): Promise<void> {
  const answers = await Promise.all(requests.map((bytes) => exchangeRaw(emulator, bytes, 60)));
  for (const answer of answers) {
    expect(answer.toString("latin1")).not.toMatch(/^HTTP\/1\.1 5/m);
  }
}

describe("the emulator, fuzzed", () => {
  it(`neither falls nor answers 5xx to ${50 * ROUNDS} random byte strings`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 50, maxLength: 50 }),
        expectNoServerError,
      ),
      { numRuns: ROUNDS },
    );
    expect((await poll(emulator)).status).toBe(200);
  });

  it(`neither falls nor answers 5xx to ${50 * ROUNDS} mutated requests`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutations, { minLength: 50, maxLength: 50 }), (all) =>
        expectNoServerError(all.map((changes) => mutate(goodRequest(), changes))),
      ),
      { numRuns: ROUNDS },
    );
    expect((await poll(emulator)).status).toBe(200);
  });
});

describe("our client, fuzzed", () => {
  // Bytes, bytes behind a good head, and JSON of the right outline with anything in it.
  const head = (length: number) =>
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  const answers = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([Buffer.from(head(bytes.length)), bytes])),
    fc.json().map((json) => Buffer.from(`${head(Buffer.byteLength(json))}${json}`)),
    fc
      .record(
        {
          TaskId: fc.oneof(fc.constant("t-1"), fc.jsonValue()),
          TaskStatus: fc.oneof(fc.constantFrom("RUNNING", "COMPLETE"), fc.jsonValue()),
          Progress: fc.jsonValue(),
          TaskResult: fc.jsonValue(),
          StartTime: fc.jsonValue(),
          __proto__: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((data) => JSON.stringify({ Data: data, RequestId: "x" }))
      .map((json) => Buffer.from(`${head(Buffer.byteLength(json))}${json}`)),
    fc
      .tuple(fc.integer({ min: 0, max: 999 }), fc.json())
      .map(([status, json]) =>
        Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`),
      ),
  );

  it(`gives a task or one of our errors for ${ANSWERS} random answers, and shows no secret`, async () => {
    let bytes: Uint8Array = Buffer.alloc(0);
    const hostile = await startEmulator({ faults: () => ({ kind: "raw", bytes }) });
    const client = new BdrcClient({ ...hostile.clientOptions, callTimeoutMs: 300 });
    try {
      await fc.assert(
        fc.asyncProperty(answers, async (given) => {
          bytes = given;
          await client.describe("t-1").then(
            (task) => expect([task.taskId, typeof task.taskStatus]).toEqual(["t-1", "string"]),
            (error: unknown) => {
              expect(isTaskwaitError(error), String(error)).toBe(true);
              expect(String((error as Error).stack)).not.toContain(hostile.clientOptions.accessKeySecret);
            },
          );
        }),
        { numRuns: ANSWERS },
      );
    } finally {
      await hostile.stop();
      await client.close();
    }
  });
});
