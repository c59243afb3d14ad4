import { afterEach, describe, expect, it, vi } from "vitest";
import type { Task } from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { flush, HOUR_MS, ID, makeWaiter, manualSource, pass, useFakeTime, watch } from "./fake-time.ts";

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
        const seen = watch(next.wait(ID, { resume: checkpoint }));
        await pass((3 * HOUR_MS) / 4 - 1000);
        expect(seen.outcome).toBeUndefined();
        await pass(2000);
        expect(seen.outcome?.kind).toBe("timedOut");
        vi.setSystemTime(Date.now() - (3 * HOUR_MS) / 4 - 1000);
      }
    },
  );
});

describe("a process that was stopped in mid-call", () => {
  useFakeTime();

  it("has no outage of the service: a failed call counts for at most its own time limit", async () => {
    const source = manualSource();
    const seen = watch(makeWaiter(source).wait(ID, { outageBudgetMs: 60_000, timeoutMs: 0.5 * HOUR_MS }));
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
