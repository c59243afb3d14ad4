import { describe, expect, it, vi } from "vitest";
import { WaitTimeoutError } from "../../src/index.ts";
import { type Script, scriptedSource } from "../../src/testing/index.ts";
import { BROKEN_CONNECTION } from "./endings.ts";
import {
  expectNothingLeft,
  flush,
  HOUR_MS,
  ID,
  makeWaiter,
  manualSource,
  pass,
  record,
  TICK_MS,
  useFakeTime,
} from "./fake-time.ts";

useFakeTime();

const DEADLINES_MS = [1, 49, 50, 51, 199, 200, 500, 1000, 1700, 10_000, 12_345.6, 600_000];

const SITUATIONS: { during: string; script: Script; perSecond?: number }[] = [
  { during: "between polls", script: ["RUNNING"] },
  { during: "while every call takes long", script: [{ status: "RUNNING", delayMs: 3000 }] },
  { during: "while a call hangs", script: ["hang"] },
  { during: "while a call hangs that is deaf to its signal", script: ["deaf"] },
  { during: "while the limiter queues", script: ["RUNNING"], perSecond: 0.001 },
  { during: "while failed calls are sent again", script: [BROKEN_CONNECTION] },
  {
    during: "while the service asks to wait for longer",
    script: [{ throttled: true, retryAfterMs: 48 * HOUR_MS }],
  },
  { during: "while every answer is throttled", script: ["throttled"] },
];

const CASES = SITUATIONS.flatMap((one) => DEADLINES_MS.map((timeoutMs) => ({ ...one, timeoutMs })));

describe("W3: the deadline is exact", () => {
  it.each(CASES)("$timeoutMs ms, $during: not before, and at most a tick after", async (one) => {
    const source = scriptedSource({ "t-before": ["COMPLETE"], [ID]: one.script });
    const waiter = makeWaiter(source, { rate: { perSecond: one.perSecond ?? 10_000 } });
    if (one.perSecond !== undefined) {
      // Takes the one permit that is free, so that the wait under test has to queue.
      record(waiter.wait("t-before"));
      await flush();
    }
    const { timeoutMs } = one;
    const endless = { notFoundGraceMs: 48 * HOUR_MS, outageBudgetMs: 48 * HOUR_MS };
    const seen = record(waiter.wait(ID, { ...endless, timeoutMs }));
    await pass(Math.max(0, Math.floor(timeoutMs - 0.001)));
    expect(seen.outcome, "early").toBeUndefined();
    await pass(TICK_MS + 1);
    expect(seen.outcome?.kind).toBe("timedOut");
    expect(seen.settledAfterMs).toBeGreaterThanOrEqual(timeoutMs);
    expect(seen.settledAfterMs).toBeLessThanOrEqual(timeoutMs + TICK_MS);
    await pass(1);
    expectNothingLeft(waiter);
  });

  it.each([1000, 5000, 60_000, HOUR_MS])(
    "tries one last poll before the deadline of %i ms",
    async (timeoutMs) => {
      const source = scriptedSource({ [ID]: { durationMs: timeoutMs - 300, delayMs: 20 } });
      const seen = record(makeWaiter(source).wait(ID, { timeoutMs }));
      await pass(timeoutMs + TICK_MS);
      expect(seen.outcome?.kind).toBe("complete");
    },
  );

  it("the last poll counts though it is answered only just in time", async () => {
    const source = scriptedSource({ [ID]: { durationMs: 9500, delayMs: 200 } });
    const seen = record(makeWaiter(source).wait(ID, { timeoutMs: 10_000 }));
    await pass(10_000 + TICK_MS);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("a running task is not asked more often because the deadline is near", async () => {
    const source = scriptedSource({ [ID]: [{ status: "RUNNING", delayMs: 30 }] });
    record(makeWaiter(source).wait(ID, { timeoutMs: 60_000 }));
    await pass(61_000);
    expect(source.calls.filter(({ atMs }) => atMs > 58_000).length).toBeLessThanOrEqual(2);
  });

  it("a timeout of 0 polls once: a task that is over completes", async () => {
    const source = scriptedSource({ [ID]: [{ status: "COMPLETE", delayMs: 400 }] });
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID, { timeoutMs: 0 }));
    await pass(1000);
    expect(seen.outcome?.kind).toBe("complete");
    expect(source.calls).toHaveLength(1);
    expectNothingLeft(waiter);
  });

  it("a timeout of 0 polls once: a task that runs on has timed out, and was seen", async () => {
    const source = scriptedSource({ [ID]: [{ status: "RUNNING", progress: 1234, delayMs: 400 }] });
    const seen = record(makeWaiter(source).wait(ID, { timeoutMs: 0 }));
    await pass(1000);
    expect(seen.outcome).toMatchObject({ kind: "timedOut", task: { progress: 1234 } });
    expect(seen.settledAfterMs).toBeLessThanOrEqual(400 + TICK_MS);
    expect(source.calls).toHaveLength(1);
  });

  it("a timeout of 0 is bounded by the time of one call when that hangs", async () => {
    const waiter = makeWaiter(scriptedSource({ [ID]: ["deaf"] }));
    const seen = record(waiter.wait(ID, { timeoutMs: 0, pollTimeoutMs: 3000 }));
    await pass(3000 + TICK_MS);
    expect(seen.outcome?.kind).toBe("timedOut");
    expectNothingLeft(waiter);
  });

  it("the error says how it was, and that the task may go on", async () => {
    const source = scriptedSource({ [ID]: [{ status: "RUNNING", progress: 4200 }] });
    const wait = makeWaiter(source).wait(ID, { timeout: "10m" });
    const seen = record(wait);
    await pass(600_000 + TICK_MS);
    const [error] = seen.of("timedOut") as WaitTimeoutError[];
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(error).toMatchObject({
      name: "WaitTimeoutError",
      code: "WAIT_TIMEOUT",
      taskId: ID,
      task: { taskStatus: "RUNNING", percent: 42 },
      failures: 0,
      polls: source.calls.length,
    });
    expect(error?.elapsedMs).toBeGreaterThanOrEqual(600_000);
    expect(error?.message).toMatch(/10 min.*RUNNING at 42 %.*may still be running/);
  });

  it("it is by the monotonic clock: a jump of the wall clock changes nothing", async () => {
    for (const jumpMs of [-10 * HOUR_MS, 10 * HOUR_MS]) {
      const waiter = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] }));
      const seen = record(waiter.wait(ID, { timeoutMs: 60_000 }));
      await pass(30_000);
      vi.setSystemTime(Date.now() + jumpMs);
      await pass(29_999);
      expect(seen.outcome).toBeUndefined();
      await pass(1 + TICK_MS);
      expect(seen.outcome?.kind).toBe("timedOut");
      expectNothingLeft(waiter);
    }
  });

  it("one wait's deadline does not cancel the call that another one shares", async () => {
    const source = scriptedSource({ [ID]: [{ status: "COMPLETE", delayMs: 5000 }] });
    const waiter = makeWaiter(source);
    const short = record(waiter.wait(ID, { timeoutMs: 1000 }));
    const long = record(waiter.wait(ID));
    await pass(6000);
    expect(short.outcome?.kind).toBe("timedOut");
    expect(long.outcome?.kind).toBe("complete");
    expect(source.calls).toHaveLength(1);
  });

  it("a call in flight is cancelled when the last deadline has come", async () => {
    const source = manualSource();
    record(makeWaiter(source).wait(ID, { timeoutMs: 500 }));
    await pass(499);
    expect(source.calls[0]?.signal?.aborted).toBe(false);
    await pass(1 + TICK_MS);
    expect(source.calls[0]?.signal?.aborted).toBe(true);
  });

  it("a call that hangs is given up after pollTimeoutMs, and the wait polls again", async () => {
    const source = scriptedSource({ [ID]: ["hang", "deaf", "COMPLETE"] });
    const seen = record(makeWaiter(source).wait(ID, { pollTimeoutMs: 2000 }));
    await pass(2000 + TICK_MS);
    expect(seen.names).toEqual(["retry"]);
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(seen.of("retry")).toHaveLength(2);
  });
});
