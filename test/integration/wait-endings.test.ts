import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import {
  BdrcClient,
  isBdrcApiError,
  type Outcome,
  type TaskWait,
  TaskWaiter,
  TaskwaitError,
  WAIT_EVENT_NAMES,
  type WaitEventName,
  type WaitForTaskOptions,
  waitForTask,
  waitForTasks,
} from "../../src/index.ts";

const QUICK = { waitPriceMs: 5, minIntervalMs: 20 } as const;
let emulator: Emulator;
let client: BdrcClient;

beforeAll(async () => {
  emulator = await startEmulator({ seed: 7 });
  client = new BdrcClient(emulator.clientOptions);
});

afterAll(async () => {
  await client.close();
  await emulator.stop();
});

function wait(taskId: string, options: WaitForTaskOptions = {}): { wait: TaskWait; events: WaitEventName[] } {
  const events: WaitEventName[] = [];
  const started = waitForTask(taskId, { client, ...QUICK, ...options });
  for (const name of WAIT_EVENT_NAMES) {
    started.on(name, () => events.push(name));
  }
  return { wait: started, events };
}

async function endingOf(taskId: string, options: WaitForTaskOptions = {}) {
  const { wait: started, events } = wait(taskId, options);
  const error: unknown = await started.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { outcome: await started.outcome, error, events };
}

function errorOf(outcome: Outcome): TaskwaitError {
  if (outcome.kind === "complete" || !(outcome.error instanceof TaskwaitError)) {
    throw new Error(`expected an error of ours, got ${outcome.kind}`);
  }
  return outcome.error;
}

describe("a wait over signed HTTP", () => {
  it("resolves with the parsed task once it is COMPLETE, after telling what it saw in order", async () => {
    emulator.world.addTask({
      taskId: "t-complete",
      durationMs: 2500,
      result: { resourceCounts: [{ resourceType: "ACS::OSS::Bucket", count: 2 }] },
    });
    const { wait: started, events } = wait("t-complete");

    const task = await started;

    expect(task.taskStatus).toBe("COMPLETE");
    expect(task.result).toEqual({ resourceCounts: [{ resourceType: "ACS::OSS::Bucket", count: 2 }] });
    expect(started.latest).toEqual(task);
    expect(events[0]).toBe("poll");
    expect(events[1]).toBe("status");
    expect(events.slice(-2)).toEqual(["complete", "settled"]);
    expect(events.filter((name) => name === "status")).toHaveLength(2);
    expect(events.filter((name) => name === "progress").length).toBeGreaterThan(1);
  });

  it.each([
    ["FAILED", "failed", "TaskFailedError"],
    ["EXPIRED", "expired", "TaskExpiredError"],
    ["CANCELED", "canceled", "TaskCanceledError"],
  ] as const)("rejects with its own class when the task is %s", async (status, kind, name) => {
    const taskId = `t-${kind}`;
    emulator.world.addTask({ taskId, durationMs: 100, status, errorMessage: "too many requests." });

    const { outcome, error, events } = await endingOf(taskId);

    expect(outcome.kind).toBe(kind);
    expect(errorOf(outcome)).toBe(error);
    expect(error).toMatchObject({ name, taskId, task: { taskStatus: status }, failures: 0 });
    expect(events.slice(-2)).toEqual([kind, "settled"]);
  });

  it("says that a failed task may be started again when the service itself was throttled", async () => {
    emulator.world.addTask({
      taskId: "t-busy",
      durationMs: 50,
      status: "FAILED",
      errorMessage: "too many requests.",
    });
    emulator.world.addTask({
      taskId: "t-offline",
      durationMs: 50,
      status: "FAILED",
      errorMessage: "device not online",
    });

    expect((await endingOf("t-busy")).error).toMatchObject({ retryable: true });
    expect((await endingOf("t-offline")).error).toMatchObject({ retryable: false });
  });

  it("ends as notFound when the service knows no such task, after the grace", async () => {
    const { outcome, events } = await endingOf("t-nobody", { notFoundGraceMs: 1000 });

    expect(outcome.kind).toBe("notFound");
    expect(isBdrcApiError(errorOf(outcome).cause)).toBe(true);
    expect(new Set(events.slice(0, -2))).toEqual(new Set(["retry"]));
    expect(events.slice(-2)).toEqual(["notFound", "settled"]);
  });

  it("finds a task that appears within the grace", async () => {
    emulator.world.addTask({ taskId: "t-late", durationMs: 100, hiddenMs: 2000 });

    const { outcome, events } = await endingOf("t-late");

    expect(outcome.kind).toBe("complete");
    expect(events[0]).toBe("retry");
  });

  it("ends as denied at once, after one call, when the secret is wrong", async () => {
    emulator.world.addTask({ taskId: "t-denied", durationMs: 50 });
    const before = emulator.requests().length;
    const wrong = { ...emulator.clientOptions, accessKeySecret: "not-the-secret-of-this-key" };

    const { outcome, events } = await endingOf("t-denied", { client: wrong });

    expect(outcome.kind).toBe("denied");
    expect(errorOf(outcome).cause).toMatchObject({ apiCode: "SignatureDoesNotMatch" });
    expect(events).toEqual(["denied", "settled"]);
    expect(emulator.requests().length - before).toBe(1);
  });

  it("ends as timedOut, says so, and leaves the task alone", async () => {
    emulator.world.addTask({ taskId: "t-long", durationMs: 60_000 });

    const { outcome, events } = await endingOf("t-long", { timeoutMs: 2000 });

    expect(outcome.kind).toBe("timedOut");
    expect(errorOf(outcome).message).toContain("may still be running");
    expect(outcome.task?.taskStatus).toBe("RUNNING");
    expect(events.slice(-2)).toEqual(["timedOut", "settled"]);
  });

  it("ends as aborted with the signal's own reason", async () => {
    emulator.world.addTask({ taskId: "t-abort", durationMs: 60_000 });
    const controller = new AbortController();
    const reason = { why: "the user changed their mind" };
    const { wait: started, events } = wait("t-abort", { signal: controller.signal });
    started.once("poll", () => controller.abort(reason));

    await expect(started).rejects.toBe(reason);
    expect(events.slice(-2)).toEqual(["aborted", "settled"]);
  });

  it("ends as unreachable when nobody listens, naming the address", async () => {
    const closed = { ...emulator.clientOptions, endpoint: "http://127.0.0.1:9" };

    const { outcome } = await endingOf("t-1", { client: closed, outageBudgetMs: 200 });

    expect(outcome.kind).toBe("unreachable");
    expect(errorOf(outcome).message).toMatch(/t-1.*127\.0\.0\.1:9.*ECONNREFUSED/);
  });

  it("waits for many, and one that fails hides none of the others", async () => {
    for (const [index, status] of (["COMPLETE", "FAILED", "COMPLETE"] as const).entries()) {
      emulator.world.addTask({ taskId: `t-group-${index}`, durationMs: 300 - 100 * index, status });
    }
    const group = waitForTasks(["t-group-0", "t-group-1", "t-group-2"], { client, ...QUICK });
    const ended: string[] = [];
    for await (const { taskId, outcome } of group) {
      ended.push(`${taskId} ${outcome.kind}`);
    }

    expect(ended.sort()).toEqual(["t-group-0 complete", "t-group-1 failed", "t-group-2 complete"]);
    await expect(group).rejects.toMatchObject({ name: "TaskFailedError", taskId: "t-group-1" });
  });
});

// How few calls are throttled is counted in virtual time: test/engine/rate-found.test.ts.
describe("60 waits that start together on a quota of 20 calls a second", () => {
  it.each([
    ["one call a poll", "never"],
    ["listings where they pay", "auto"],
  ] as const)("all complete with %s", async (_, batch) => {
    const small = await startEmulator({ seed: 3, quota: { perSecond: 20 }, retryAfterHeader: false });
    const ids = Array.from({ length: 60 }, (__, index) => `t-${index}`);
    for (const [index, taskId] of ids.entries()) {
      small.world.addTask({ taskId, durationMs: 1000 + 20 * index });
    }
    const source = new BdrcClient(small.clientOptions);

    const tasks = await waitForTasks(ids, { waiter: new TaskWaiter({ source, batch }) });

    expect(tasks.filter(({ taskStatus }) => taskStatus !== "COMPLETE")).toEqual([]);
    await source.close();
    await small.stop();
  });
});
