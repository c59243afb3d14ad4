import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { isTaskwaitError } from "../../src/task/errors.ts";
import { soak } from "../soak.ts";
import { KEYS, type Peer, startPeer, startRawPeer, TASK } from "./client-peer.ts";

const RUNS = soak(1500);
const OURS = new Set(["BdrcApiError", "ProtocolError", "UnreachableError", "TaskNotFoundError"]);

function expectOurs(outcome: unknown): void {
  if (outcome instanceof Error) {
    expect(isTaskwaitError(outcome) && OURS.has(outcome.name), `${outcome.stack}`).toBe(true);
    expect(outcome.message).not.toMatch(/\p{Cc}/u);
  }
}

const wireValue = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  fc.constantFrom(
    "t-1",
    "RUNNING",
    "COMPLETE",
    "",
    "Throttling.User",
    "InvalidTimeStamp.Expired",
    "__proto__",
  ),
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.boolean(),
  fc.jsonValue({ maxDepth: 3 }),
);

const taskFields = fc.dictionary(
  fc.constantFrom(
    "TaskId",
    "TaskStatus",
    "Progress",
    "StartTime",
    "TaskResult",
    "ErrorMessage",
    "__proto__",
    "x",
  ),
  wireValue,
  { noNullPrototype: true },
);

const envelope = fc.dictionary(
  fc.constantFrom("Code", "Message", "RequestId", "Data", "code", "Content", "constructor"),
  fc.oneof(
    wireValue,
    taskFields,
    taskFields.map((fields) => ({ ...TASK, ...fields })),
    fc.record({ Content: fc.array(fc.oneof(taskFields, wireValue), { maxLength: 4 }), NextToken: wireValue }),
  ),
  { noNullPrototype: true },
);

const body = fc.oneof(
  envelope.map((value) => Buffer.from(JSON.stringify(value))),
  fc.tuple(envelope, fc.nat(200)).map(([value, cut]) => Buffer.from(JSON.stringify(value)).subarray(0, cut)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

const headers = fc.dictionary(
  fc.constantFrom(
    "content-type",
    "content-encoding",
    "x-acs-retry-after",
    "retry-after",
    "x-acs-request-id",
    "date",
    "location",
  ),
  fc.oneof(
    fc.stringMatching(/^[ -~]{0,30}$/),
    fc.constantFrom(
      "gzip",
      "br",
      "deflate",
      "identity",
      "0",
      "-1",
      "1500",
      "1e9",
      "Wed, 21 Oct 2099 07:28:00 GMT",
    ),
  ),
  { noNullPrototype: true },
);

describe("whatever comes as HTTP", () => {
  let peer: Peer;
  let next: { status: number; headers: Record<string, string>; body: Buffer };

  beforeAll(async () => {
    peer = await startPeer((response) => {
      response.writeHead(next.status, next.headers).end(next.body);
    });
  });
  afterAll(() => peer.stop());

  it(`is a value or one of our errors, ${RUNS} times`, async () => {
    const client = new BdrcClient({ ...peer.options, callTimeoutMs: 5000 });
    let runs = 0;
    const answer = fc.record({
      status: fc.oneof(fc.constant(200), fc.integer({ min: 200, max: 599 })),
      headers,
      body,
    });
    await fc.assert(
      fc.asyncProperty(answer, fc.constantFrom("describe", "list", "start"), async (random, call) => {
        next = random;
        runs += 1;
        const calls = {
          describe: () => client.describeTask("t-1"),
          list: () => client.describeTasks({ taskType: "TEST" }),
          start: () => client.updateResources(),
        };
        const outcome: unknown = await calls[call]().catch((error: unknown) => error);
        expectOurs(outcome);
        if (call === "describe" && !(outcome instanceof Error)) {
          expect(outcome).toMatchObject({ taskId: "t-1", taskStatus: expect.any(String) });
        }
      }),
      { numRuns: RUNS, seed: 8 },
    );
    expect(runs).toBe(RUNS);
    await client.close();
  });
});

describe("whatever comes as bytes", () => {
  let peer: Peer;
  let next: Buffer;

  beforeAll(async () => {
    peer = await startRawPeer((socket) => socket.end(next));
  });
  afterAll(() => peer.stop());

  it(`is a value or one of our errors, ${RUNS} times`, async () => {
    const client = new BdrcClient({ endpoint: peer.origin, ...KEYS, callTimeoutMs: 5000 });
    const head = fc.constantFrom(
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
      "HTTP/1.1 204 No Content\r\n\r\n",
      "HTTP/1.0 400 Bad\r\n\r\n",
      "HTTP/9.9 999 \r\n\r\n",
      "",
    );
    await fc.assert(
      fc.asyncProperty(head, fc.oneof(fc.uint8Array({ maxLength: 200 }), body), async (start, rest) => {
        next = Buffer.concat([Buffer.from(start), rest]);
        expectOurs(await client.describe("t-1").catch((error: unknown) => error));
      }),
      { numRuns: RUNS, seed: 9 },
    );
    await client.close();
  });
});
