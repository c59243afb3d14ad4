import { afterEach, describe, expect, it, vi } from "vitest";
import type { Task, TaskSource } from "../../src/index.ts";
import { ServiceClock } from "../../src/openapi/http/service-clock.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { flush, HOUR_MS, ID, makeWaiter, manualSource, pass, record, useFakeTime } from "./fake-time.ts";

describe("the wall clock is set while a wait goes on", () => {
  useFakeTime();

  it.each([8 * HOUR_MS, -8 * HOUR_MS])(
    "by %i ms: the checkpoint is in wall time of its moment",
    async (jumpMs) => {
      const waiter = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] }));
      const wait = waiter.wait(ID, { timeoutMs: HOUR_MS });
      wait.catch(() => {});
      await pass(HOUR_MS / 4);
      vi.setSystemTime(Date.now() + jumpMs);
      const checkpoint = wait.checkpoint();
      expect(checkpoint.deadlineMs - Date.now()).toBeCloseTo((3 * HOUR_MS) / 4, -2);
      expect(Date.now() - checkpoint.startedAtMs).toBeCloseTo(HOUR_MS / 4, -2);
      wait.abandon();
      // In the same process, whose steady clock has not jumped, and in another.
      for (const next of [waiter, makeWaiter(scriptedSource({ [ID]: ["RUNNING"] }))]) {
        const seen = record(next.wait(ID, { resume: checkpoint }));
        await pass((3 * HOUR_MS) / 4 - 1000);
        expect(seen.outcome).toBeUndefined();
        await pass(2000);
        expect(seen.outcome?.kind).toBe("timedOut");
        vi.setSystemTime(Date.now() - (3 * HOUR_MS) / 4 - 1000);
      }
    },
  );
});

const TASK_MS = 3000;
const CALL_MS = 200;

/** A service with a clock of its own, which nobody sets; its tasks begin now, and its calls take 200 ms. */
function steadyService(hasProgress: boolean): TaskSource {
  const beganMs = performance.now();
  const epochMs = Date.now();
  const clock = new ServiceClock();
  const elapsedMs = () => performance.now() - beganMs;
  return {
    clockOffsetMs: () => clock.aheadMs,
    describe: async (taskId) => {
      const sentMs = performance.now();
      await new Promise((resolve) => setTimeout(resolve, CALL_MS / 2));
      const runMs = elapsedMs();
      const [startTime, taskStatus] = [epochMs / 1000, runMs < TASK_MS ? "RUNNING" : "COMPLETE"];
      const progress = hasProgress
        ? { progress: Math.min(10_000, Math.round((10_000 * runMs) / TASK_MS)) }
        : {};
      await new Promise((resolve) => setTimeout(resolve, CALL_MS / 2));
      clock.hear(new Date(epochMs + runMs).toUTCString(), performance.now() - sentMs);
      return { taskId, taskStatus, startTime, ...progress } as Task;
    },
  };
}

/** How long a wait took during which the wall clock was set, in milliseconds. */
async function durationWith(
  jump: { readonly afterMs: number; readonly byMs: number },
  hasProgress: boolean,
  perSecond: number,
): Promise<number> {
  vi.setSystemTime(Date.UTC(2026, 0, 1));
  const waiter = makeWaiter(steadyService(hasProgress), { rate: { perSecond } });
  const seen = record(waiter.wait(ID, { timeoutMs: HOUR_MS }));
  await pass(jump.afterMs);
  vi.setSystemTime(Date.now() + jump.byMs);
  await pass(HOUR_MS);
  expect(seen.outcome?.kind).toBe("complete");
  return seen.settledAfterMs ?? Number.POSITIVE_INFINITY;
}

describe("the wall clock is set at any moment of a wait", () => {
  useFakeTime();

  it.each([
    [8 * HOUR_MS, "progress", 100],
    [8 * HOUR_MS, "no progress", 100],
    [8 * HOUR_MS, "progress", 1],
    [-8 * HOUR_MS, "progress", 100],
    [-8 * HOUR_MS, "no progress", 100],
    [-8 * HOUR_MS, "progress", 1],
  ])(
    "by %i ms: the end of a task with %s, at %i calls a second, is noticed as soon",
    async (byMs, shows, perSecond) => {
      const hasProgress = shows === "progress";
      const usualMs = await durationWith({ afterMs: 0, byMs: 0 }, hasProgress, perSecond);
      const late: string[] = [];
      for (let afterMs = 0; afterMs < usualMs; afterMs += 50) {
        const tookMs = await durationWith({ afterMs, byMs }, hasProgress, perSecond);
        if (tookMs > usualMs + 1000) {
          late.push(`set after ${afterMs} ms: ${tookMs} ms instead of ${usualMs}`);
        }
      }
      expect(late).toEqual([]);
    },
  );
});

describe("a process that was stopped in mid-call", () => {
  useFakeTime();

  it("has no outage of the service: a failed call counts for at most its own time limit", async () => {
    const source = manualSource();
    const seen = record(makeWaiter(source).wait(ID, { outageBudgetMs: 60_000, timeoutMs: 0.5 * HOUR_MS }));
    await flush();
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 10 * 60_000);
    source.calls[0]?.fail(new Error("the connection was reset"));
    await pass(5000);
    expect(seen.outcome).toBeUndefined();
    source.calls.at(-1)?.answer({ taskId: ID, taskStatus: "COMPLETE" } as Task);
    await flush();
    expect(seen.outcome?.kind).toBe("complete");
    vi.restoreAllMocks();
  });
});

describe("a test runner that fakes queueMicrotask", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("sees the wait begin", async () => {
    vi.useFakeTimers({ toFake: ["queueMicrotask", "setTimeout", "clearTimeout", "Date", "performance"] });
    const source = scriptedSource({ [ID]: ["COMPLETE"] });
    const wait = makeWaiter(source).wait(ID);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    await expect(wait).resolves.toMatchObject({ taskStatus: "COMPLETE" });
  });
});
