import { describe, expect, it, vi } from "vitest";
import type { Task, TaskSource } from "../../src/index.ts";
import { expectNothingLeft, flush, HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

const broken = (): never => {
  throw new Error("broken");
};

/** Runs for a minute, and is asked about at least twice. */
function runningTask(extra: Partial<TaskSource> = {}): TaskSource {
  const beganMs = performance.now();
  return {
    describe: async (taskId) =>
      ({
        taskId,
        taskStatus: performance.now() - beganMs < 60_000 ? "RUNNING" : "COMPLETE",
        startTime: Math.floor(Date.now() / 1000),
      }) as Task,
    ...extra,
  };
}

describe("what belongs to a source can't stop a wait", () => {
  it.each<[string, () => unknown]>([
    ["throws", broken],
    ["is no number", () => "soon"],
    ["is not a number", () => Number.NaN],
    ["is infinite", () => Number.POSITIVE_INFINITY],
  ])("a clock offset that %s", async (_, clockOffsetMs) => {
    const waiter = makeWaiter(runningTask({ clockOffsetMs: clockOffsetMs as () => number }));
    const seen = record(waiter.wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expectNothingLeft(waiter);
  });

  it.each<[string, () => unknown]>([
    ["throws", broken],
    ["is no number", () => "0.5"],
    ["is not a number", () => Number.NaN],
    ["is beyond 1", () => 1e300],
    ["is negative", () => -1e300],
  ])("a random that %s", async (_, random) => {
    const waiter = makeWaiter(runningTask(), { random: random as () => number });
    const seen = record(waiter.wait(ID, { justStarted: true }));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expectNothingLeft(waiter);
  });

  const unreadable = (field: string): Error =>
    Object.defineProperty(new Error("a fault"), field, { configurable: true, get: broken });
  const errors: [string, () => unknown][] = [
    ...["message", "name", "code", "cause", "apiCode", "httpStatus", "retryAfterMs"].map(
      (field): [string, () => unknown] => [`whose ${field} can't be read`, () => unreadable(field)],
    ),
    ["whose message is an object", () => Object.assign(new Error("x"), { message: { toString: broken } })],
    ["whose message is undefined", () => Object.assign(new Error("x"), { message: undefined })],
    ["whose name is no string", () => Object.assign(new Error("x"), { name: Symbol("name") })],
    [
      "of which nothing can be read",
      () => new Proxy(new Error("x"), { get: broken, getPrototypeOf: broken }),
    ],
    ["that is no error and can't be told", () => ({ toString: broken })],
    ["that is an object without a prototype", () => Object.create(null)],
    [
      "that is its own cause",
      () => Object.defineProperty(new Error("x"), "cause", { get: () => new Error("y") }),
    ],
  ];

  it.each(errors)("an error %s, from a single poll", async (_, make) => {
    let calls = 0;
    const good = runningTask();
    const waiter = makeWaiter({
      describe: (taskId, options) =>
        calls++ === 0 ? Promise.reject(make()) : good.describe(taskId, options),
    });
    const seen = record(waiter.wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expectNothingLeft(waiter);
  });

  it.each(errors)("an error %s, as the last one of an outage", async (_, make) => {
    const waiter = makeWaiter({ describe: () => Promise.reject(make()) });
    const seen = record(waiter.wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("unreachable");
    expectNothingLeft(waiter);
  });

  it.each(errors)("an error %s, from a listing", async (_, make) => {
    const waiter = makeWaiter(runningTask({ list: () => Promise.reject(make()) }), { batch: "always" });
    const waits = ["a", "b", "c"].map((id) => record(waiter.wait(id)));
    await pass(HOUR_MS);
    expect(waits.map(({ outcome }) => outcome?.kind)).toEqual(["complete", "complete", "complete"]);
    expectNothingLeft(waiter);
  });
});

it("what throws when a deadline comes stops no other wait", async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(broken);
  const waiter = makeWaiter(runningTask());
  waiter
    .wait("t-hurried", { timeout: "10s" })
    .on("settled", broken)
    .catch(() => {});
  const seen = record(waiter.wait(ID));
  await pass(HOUR_MS).catch(() => {});
  await pass(HOUR_MS);
  await flush();
  expect(seen.outcome?.kind).toBe("complete");
  vi.restoreAllMocks();
});
