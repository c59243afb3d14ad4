import { describe, expect, it } from "vitest";
import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { beforeDeadline, lastPollLeadMs } from "../../src/policy/state/delay-limits.ts";
import { type ResolvedWaitOptions, resolveWaitOptions } from "../../src/policy/state/wait-options.ts";
import type { WaitState } from "../../src/policy/state/wait-state.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import { TASK_ID } from "./observations.ts";

const BEGAN_MS = Date.UTC(2026, 0, 1);
const TIMEOUT_MS = 10_000;

const optionsWith = (fields: Partial<ResolvedWaitOptions> = {}): ResolvedWaitOptions => ({
  ...resolveWaitOptions({ timeoutMs: TIMEOUT_MS }),
  ...fields,
});

/** A wait whose polls take so long. */
function waitWith(callMs: number | undefined): WaitState {
  return { ...beginWait(TASK_ID, { nowMs: BEGAN_MS, options: optionsWith() }), callMs };
}

describe("the last poll before a deadline", () => {
  const leadMs = (callMs: number | undefined, options: ResolvedWaitOptions = optionsWith()): number =>
    lastPollLeadMs(waitWith(callMs), options);

  it("is sent two calls ahead of it, and 200 ms while no call was measured", () => {
    expect(leadMs(300)).toBe(600);
    expect(leadMs(undefined)).toBe(200);
  });

  it("is sent 50 ms ahead of it at least, and the time limit of a call at most", () => {
    expect(leadMs(1)).toBe(50);
    expect(leadMs(undefined, optionsWith({ pollTimeoutMs: 30 }))).toBe(30);
    expect(leadMs(9000)).toBe(10_000);
  });
});

describe("how long a poll takes", () => {
  /** What a wait expects after these polls took so long. */
  function expectedMs(...polls: readonly (number | undefined)[]): number | undefined {
    const task = parseTask({ taskId: TASK_ID, taskStatus: "RUNNING" });
    const context = { nowMs: BEGAN_MS, random: () => 0.5, options: optionsWith() };
    return polls.reduce<WaitState>(
      (state, callMs) =>
        decide(state, { kind: "task", task }, { ...context, ...(callMs === undefined ? {} : { callMs }) })
          .state,
      waitWith(undefined),
    ).callMs;
  }

  it("is what the first took, and then moves by 0.3 of the difference", () => {
    expect(expectedMs(100)).toBe(100);
    expect(expectedMs(100, 200)).toBeCloseTo(130, 9);
    expect(expectedMs(100, 200, 30)).toBeCloseTo(100, 9);
  });

  it("is unknown while nobody measured one, and stays when one was not measured", () => {
    expect(expectedMs(undefined)).toBeUndefined();
    expect(expectedMs(undefined, 100)).toBe(100);
    expect(expectedMs(100, undefined)).toBe(100);
  });
});

describe("a delay", () => {
  /** Of a wait whose polls take 100 ms, so many milliseconds before its deadline. */
  const bounded = (delayMs: number, leftMs: number, fields: Partial<ResolvedWaitOptions> = {}): number =>
    beforeDeadline(delayMs, waitWith(100), {
      nowMs: BEGAN_MS + TIMEOUT_MS - leftMs,
      options: optionsWith(fields),
    });

  it("stays as it is when its poll can be answered in time, also in the last moment", () => {
    expect(bounded(4000, 5000)).toBe(4000);
    expect(bounded(4800, 5000)).toBe(4800);
    expect(bounded(20, 220)).toBe(20);
  });

  it("ends in that moment when it would be answered too late", () => {
    expect(bounded(4801, 5000)).toBe(4800);
    expect(bounded(60_000, 5000)).toBe(4800);
  });

  it("ends at the deadline when that moment is closer than the shortest interval, or than the lead if less", () => {
    expect(bounded(1000, 399)).toBe(399);
    expect(bounded(1000, 400)).toBe(200);
    expect(bounded(1000, 399, { minIntervalMs: 5000 })).toBe(399);
    expect(bounded(1000, 400, { minIntervalMs: 5000 })).toBe(200);
    expect(bounded(1000, 249, { minIntervalMs: 50 })).toBe(249);
    expect(bounded(1000, 250, { minIntervalMs: 50 })).toBe(50);
  });

  it("is none when the deadline has passed", () => {
    expect(bounded(1000, 0)).toBe(0);
    expect(bounded(1000, -5000)).toBe(0);
  });
});
