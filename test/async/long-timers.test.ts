import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MonotonicClock } from "../../src/async/monotonic-clock.ts";
import { RearmableTimer } from "../../src/async/rearmable-timer.ts";
import { sleep } from "../../src/async/sleep.ts";
import { timedCall } from "../../src/async/timed-call.ts";
import { TaskQueue } from "../../src/bullmq/task-queue.ts";

const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;
const never = () => new Promise<never>(() => undefined);
const nothing = () => Promise.resolve(undefined);

/** How many days it takes until a promise settles; undefined when it is still open after 31. */
async function daysUntilSettled(promise: Promise<unknown>): Promise<number | undefined> {
  let settledAtMs: number | undefined;
  const note = (): void => {
    settledAtMs = Date.now();
  };
  const startMs = Date.now();
  promise.then(note, note);
  await vi.advanceTimersByTimeAsync(31 * DAY_MS);
  return settledAtMs === undefined ? undefined : (settledAtMs - startMs) / DAY_MS;
}

const waits: readonly (readonly [what: string, start: () => Promise<unknown>])[] = [
  ["a sleep", () => sleep(MONTH_MS)],
  ["a call", () => timedCall(never, { timeoutMs: MONTH_MS }).promise],
  [
    "a timer that can be set again",
    () =>
      new Promise<void>((resolve) => {
        const clock = new MonotonicClock();
        new RearmableTimer(clock, resolve).set(clock.nowMs() + MONTH_MS);
      }),
  ],
  [
    "a wait in a queue",
    () =>
      new TaskQueue({
        queue: { add: nothing, getJob: nothing },
        queueEvents: { on: () => {}, off: () => {}, waitUntilReady: nothing },
      }).wait("t-1", { timeout: "30d" }),
  ],
];

describe("a time of more than 2^31 ms", () => {
  beforeEach(() => {
    // Not setInterval: a month of checks of a queue, every 3 s, says nothing about the deadline.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(waits)("is kept to the millisecond by %s", async (_, start) => {
    expect(await daysUntilSettled(start())).toBe(30);
  });
});

describe("a time that has passed", () => {
  it.each([
    ["a sleep", () => sleep(-0.7)],
    ["a call", () => timedCall(never, { timeoutMs: -0.7 }).promise.catch(() => undefined)],
  ])("ends %s at once, without a time below 0, of which Node warns", async (_, start) => {
    const setTimer = vi.spyOn(globalThis, "setTimeout");
    await start();
    expect(setTimer.mock.calls.map(([, ms]) => ms)).toEqual([0]);
  });
});
