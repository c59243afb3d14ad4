import { beforeAll, describe, expect, it, type TestContext, vi } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { type Emulator, type EmulatorOptions, type Fault, startEmulator } from "../../src/emulator/index.ts";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import { isTaskwaitError } from "../../src/task/errors.ts";
import type { Outcome } from "../../src/task/outcome.ts";
import type { TaskSource } from "../../src/task/source.ts";

// Most of a test here is waiting for clocks, so some wait together.
vi.setConfig({ maxConcurrency: 8 });

// What is loaded with the first call would count as its time.
beforeAll(async () => {
  await using emulator = await startEmulator();
  await using client = new BdrcClient(emulator.clientOptions);
  await client.describeTasks();
});

async function emulate(
  { onTestFinished }: TestContext,
  options: EmulatorOptions,
  callTimeoutMs = CALL_TIMEOUT_MS,
): Promise<{ emulator: Emulator; client: BdrcClient }> {
  const emulator = await startEmulator({ seed: 1, ...options });
  const client = new BdrcClient({ ...emulator.clientOptions, callTimeoutMs });
  onTestFinished(async () => {
    await client.close();
    await emulator.stop();
  });
  return { emulator, client };
}

// Long enough for a busy machine to answer what is not to time out.
const CALL_TIMEOUT_MS = 2000;
const QUICK = { minIntervalMs: 10, maxIntervalMs: 100, pollTimeoutMs: CALL_TIMEOUT_MS, waitPriceMs: 20 };

function waiterOf({ onTestFinished }: TestContext, source: TaskSource): TaskWaiter {
  const waiter = new TaskWaiter({ source, rate: { perSecond: 1000 }, ...QUICK });
  onTestFinished(() => waiter.close());
  return waiter;
}

/** Each fault, and the class with which a single call of our client tells of it; `fine` when it is none to us. */
const FAULTS: readonly (readonly [name: string, fault: Fault, tells: string])[] = [
  ["latency", { kind: "latency", ms: 50 }, "fine"],
  ["hang before the headers", { kind: "hang", at: "headers" }, "UnreachableError"],
  ["hang in the body", { kind: "hang", at: "body" }, "UnreachableError"],
  ["a dribble that takes too long", { kind: "dribble" }, "UnreachableError"],
  ["a dribble that does not", { kind: "dribble", bytes: 200, everyMs: 5 }, "fine"],
  ["reset at the request", { kind: "reset", at: "request" }, "UnreachableError"],
  ["reset in the body", { kind: "reset", at: "body" }, "UnreachableError"],
  ["truncated JSON", { kind: "truncate" }, "ProtocolError"],
  ["a wrong content type", { kind: "contentType" }, "fine"],
  ["an HTML page", { kind: "html" }, "ProtocolError"],
  ["an HTML page with 200", { kind: "html", httpStatus: 200 }, "ProtocolError"],
  ["an empty body", { kind: "empty" }, "ProtocolError"],
  ["a redirect", { kind: "redirect" }, "ProtocolError"],
  ["500", { kind: "refuse", code: "InternalError" }, "BdrcApiError"],
  ["502", { kind: "refuse", code: "BadGateway" }, "BdrcApiError"],
  ["503", { kind: "refuse", code: "ServiceUnavailable" }, "BdrcApiError"],
  [
    "503 with a time to wait",
    { kind: "refuse", code: "ServiceUnavailable", retryAfterMs: 50 },
    "BdrcApiError",
  ],
  ["throttled", { kind: "refuse", code: "Throttling.User" }, "BdrcApiError"],
  ["gzip", { kind: "gzip" }, "ProtocolError"],
  ["chunks", { kind: "chunked" }, "fine"],
  ["a huge body", { kind: "huge", bytes: 17_000_000 }, "ProtocolError"],
  ["a connection that closes", { kind: "close" }, "fine"],
  ["a clock that is off", { kind: "skew", ms: 20 * 60_000 }, "BdrcApiError"],
  ["the answer twice", { kind: "duplicate" }, "fine"],
  ["no HTTP at all", { kind: "raw", bytes: Buffer.from("SSH-2.0-OpenSSH_9.6\r\n") }, "ProtocolError"],
  [
    "another task's answer",
    { kind: "answer", body: '{"Data":{"TaskId":"t-0","TaskStatus":"FAILED"}}' },
    "ProtocolError",
  ],
  ["an answer without Data", { kind: "answer", body: '{"RequestId":"x"}' }, "ProtocolError"],
];

describe.concurrent("one call of our client", () => {
  it.for(FAULTS)("under %s", async ([_name, fault, tells], test) => {
    // What is to time out does so soon; what is not has time on any machine.
    const { client } = await emulate(
      test,
      { tasks: [{ taskId: "t-1", durationMs: "never" }], faults: () => fault },
      tells === "UnreachableError" ? 300 : 20_000,
    );
    const told = await client.describe("t-1").then(
      ({ taskStatus }) => (taskStatus === "RUNNING" ? "fine" : taskStatus),
      (error: unknown) => (isTaskwaitError(error) ? error.name : error),
    );
    expect(told).toBe(tells);
  });
});

const ENDINGS = {
  "t-complete": "COMPLETE",
  "t-failed": "FAILED",
  "t-expired": "EXPIRED",
  "t-canceled": "CANCELED",
} as const;
const KINDS = {
  "t-complete": "complete",
  "t-failed": "failed",
  "t-expired": "expired",
  "t-canceled": "canceled",
};

// An answer that is too large ends a wait at once: the next would be as large.
const PASSING_FAULTS = FAULTS.filter(([, { kind }]) => kind !== "huge");

describe.concurrent("our waits, with one call in five going wrong", () => {
  it.for(PASSING_FAULTS)("end as their tasks do, under %s", async ([_name, fault], test) => {
    await expectTrueEndings(test, (n) => (n % 5 === 0 || n === 1 ? fault : undefined));
  });

  it("end as their tasks do, under all of it at once", async (test) => {
    const faults = PASSING_FAULTS.map(([, fault]) => fault);
    // One call in twenty for each would be all calls and more: here it is every other call, each fault in turn.
    await expectTrueEndings(test, (n) => (n % 2 === 0 ? faults[(n / 2) % faults.length] : undefined));
  });

  it("end as their tasks do when one connection in five is reset", async (test) => {
    await expectTrueEndings(test, () => ({ kind: "close" }), { resetConnection: (n) => n % 5 === 0 });
  });
});

async function expectTrueEndings(
  test: TestContext,
  decide: (n: number) => Fault | undefined,
  options: EmulatorOptions = {},
): Promise<void> {
  const { client } = await emulate(test, {
    tasks: Object.entries(ENDINGS).map(([taskId, status]) => ({ taskId, status, durationMs: 300 })),
    faults: (_request, n) => decide(n),
    ...options,
  });
  let calls = 0;
  const waiter = waiterOf(test, {
    describe: (taskId, about) => {
      calls++;
      return client.describe(taskId, about);
    },
    list: (query, about) => {
      calls++;
      return client.list(query, about);
    },
  });
  const ids = [...Object.keys(ENDINGS), "t-unknown"];
  const waits = ids.map((taskId) => waiter.wait(taskId, { timeoutMs: 30_000, notFoundGraceMs: 200 }));
  const outcomes: Outcome[] = await Promise.all(waits.map((wait) => wait.outcome));
  expect(Object.fromEntries(outcomes.map(({ kind }, index) => [ids[index], kind]))).toEqual({
    ...KINDS,
    "t-unknown": "notFound",
  });
  // Nothing of a wait outlives it: no call goes out any more. (One that was under way may still arrive.)
  const before = calls;
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(calls).toBe(before);
}

describe.concurrent("our waits, when nothing comes through at all", () => {
  it.for(
    FAULTS.filter(([, fault, tells]) => tells !== "fine" && fault.kind !== "refuse" && fault.kind !== "skew"),
  )("end as unreachable, never as failed, under %s", async ([_name, fault], test) => {
    const { client } = await emulate(test, { tasks: [{ taskId: "t-1" }], faults: () => fault });
    const wait = waiterOf(test, client).wait("t-1", { timeoutMs: 20_000, outageBudgetMs: 600 });
    const outcome = await wait.outcome;
    expect(outcome.kind).toBe("unreachable");
  });

  it("end at their deadline while every call is throttled", async (test) => {
    const { client } = await emulate(test, { tasks: [{ taskId: "t-1" }], quota: { perSecond: 0 } });
    const wait = waiterOf(test, client).wait("t-1", { timeoutMs: 700, outageBudgetMs: 300 });
    expect((await wait.outcome).kind).toBe("timedOut");
  });

  it("end as denied at once when the key is refused, whatever the code", async (test) => {
    const refusals: EmulatorOptions[] = [
      { ram: { denied: ["DescribeTask"] } },
      { ram: { denied: ["DescribeTask"], code: "Forbidden.RAM" } },
      { keys: [{ accessKeyId: "AK", accessKeySecret: "s", disabled: true }] },
      { keys: [{ accessKeyId: "AK", accessKeySecret: "s", securityToken: "t", expiresAtMs: 1 }] },
    ];
    for (const options of refusals) {
      const { client, emulator } = await emulate(test, { tasks: [{ taskId: "t-1" }], ...options });
      const outcome = await waiterOf(test, client).wait("t-1", { timeoutMs: 20_000 }).outcome;
      expect(outcome.kind).toBe("denied");
      expect(emulator.requests()).toHaveLength(1);
    }
  });
});

describe.concurrent("our client against a service that is otherwise than usual", () => {
  it.for([
    { httpStatus: 404, code: "EntityNotExist.Task" },
    { httpStatus: 400, code: "InvalidTaskId.NotFound" },
    { httpStatus: 200 },
    { httpStatus: 404, code: "Odd" },
  ])("knows an unknown task by %j", async (unknownTask, test) => {
    const { client } = await emulate(test, { unknownTask });
    const wait = waiterOf(test, client).wait("t-1", { timeoutMs: 20_000, notFoundGraceMs: 100 });
    expect((await wait.outcome).kind).toBe("notFound");
  });

  it.for([400, 429, 503] as const)("slows down for %i with a time to wait", async (throttleStatus, test) => {
    const { client, emulator } = await emulate(test, {
      tasks: [{ taskId: "t-1", durationMs: 300 }],
      quota: { perSecond: 2 },
      throttleStatus,
      retryAfterHeader: true,
    });
    const wait = waiterOf(test, client).wait("t-1", { timeoutMs: 20_000, maxIntervalMs: 5000 });
    expect((await wait.outcome).kind).toBe("complete");
    expect(emulator.counters("DescribeTask").throttled).toBeLessThan(6);
  });

  it("sets its clock by the server's", async (test) => {
    const { client } = await emulate(test, {
      tasks: [{ taskId: "t-1", durationMs: 0 }],
      clockSkewMs: -20 * 60_000,
    });
    const outcome = await waiterOf(test, client).wait("t-1", { timeoutMs: 20_000 }).outcome;
    expect(outcome.kind).toBe("complete");
  });

  it("is not misled by a task's oddities", async (test) => {
    const { client } = await emulate(test, {
      quirks: {
        notYet: "null",
        fullWhileRunning: true,
        expireInPast: true,
        errorWhileRunning: "too many requests.",
        completeTimeWhileRunning: true,
      },
      tasks: [
        { taskId: "t-1", durationMs: 400, progress: "restart", stages: [{ afterMs: 200, status: "PAUSED" }] },
        { taskId: "t-2", durationMs: 300, hiddenMs: 150 },
      ],
    });
    const waiter = waiterOf(test, client);
    const waits = ["t-1", "t-2"].map((taskId) => waiter.wait(taskId, { timeoutMs: 20_000 }));
    expect((await Promise.all(waits.map((wait) => wait.outcome))).map(({ kind }) => kind)).toEqual([
      "complete",
      "complete",
    ]);
  });
});
