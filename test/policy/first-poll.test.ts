import { describe, expect, it } from "vitest";
import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { remember, type TaskHistory } from "../../src/policy/forecast/history.ts";
import { DEFAULT_WAIT_OPTIONS, resolveWaitOptions } from "../../src/policy/state/wait-options.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";

const nowMs = 1_700_000_000_000;
const options = DEFAULT_WAIT_OPTIONS;
const begin = (extra: Partial<Parameters<typeof beginWait>[1]>) =>
  beginWait("t-0000e4w0u1v592zdf6s7", { nowMs, options, ...extra }).nextPollAtMs - nowMs;

const anHour: TaskHistory = Array.from({ length: 50 }).reduce<TaskHistory>(
  (history) => remember(history, { taskId: "t", taskType: "A", taskStatus: "COMPLETE" }, { duration: 3600 }),
  [],
);

describe("the first poll", () => {
  it("is due at once at a task that may run already", () => {
    expect(begin({})).toBe(0);
    expect(begin({ justStarted: false, history: anHour })).toBe(0);
  });

  it("waits until it is value its price at a task that has just started", () => {
    expect(begin({ justStarted: true })).toBeGreaterThan(1000);
    expect(begin({ justStarted: true })).toBeLessThan(3000);
  });

  it("waits longer for a type that is known to take long, and not for another", () => {
    expect(begin({ justStarted: { taskType: "A" }, history: anHour })).toBeGreaterThan(10_000);
    expect(begin({ justStarted: { taskType: "B" }, history: anHour })).toBe(begin({ justStarted: true }));
  });

  it("keeps to the intervals, and comes before a deadline that is near", () => {
    const bounded = { ...options, minIntervalMs: 4000, maxIntervalMs: 5000 };
    expect(begin({ justStarted: true, options: bounded })).toBe(4000);
    expect(begin({ justStarted: { taskType: "A" }, history: anHour, options: bounded })).toBe(5000);
    expect(begin({ justStarted: true, options: { ...options, timeoutMs: 1000 } })).toBeLessThan(1000);
    expect(begin({ justStarted: true, options: { ...options, timeoutMs: 0 } })).toBe(0);
  });

  it.each([["yes"], [1], [null], [{ taskType: 7 }]])("refuses justStarted: %j", (justStarted) => {
    expect(() => resolveWaitOptions({ justStarted } as never)).toThrow(InvalidOptionError);
    expect(() => resolveWaitOptions({ justStarted } as never)).toThrow(/^wait: justStarted must be/);
  });
});
