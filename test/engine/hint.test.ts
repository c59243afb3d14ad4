import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { TaskGroupWait } from "../../src/engine/wait/group-wait.ts";
import { BdrcApiError } from "../../src/task/errors.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import {
  expectNothingLeft,
  flush,
  HOUR_MS,
  ID,
  makeWaiter,
  manualSource,
  pass,
  record,
  useFakeTime,
} from "./fake-time.ts";

useFakeTime();

const MIN_INTERVAL_MS = 200;

describe("a hint that a task may have ended", () => {
  it("brings a poll at once, long before the next one is due", async () => {
    const source = scriptedSource({ [ID]: { durationMs: 1_000_000 } });
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID));
    await pass(1_000_001);
    const before = source.calls.length;
    expect(seen.outcome).toBeUndefined();
    expect(waiter.hint(ID)).toBe(true);
    await flush();
    expect(source.calls).toHaveLength(before + 1);
    expect(seen.outcome?.kind).toBe("complete");
    expectNothingLeft(waiter);
  });

  it("that was wrong costs one call and ends nothing: polling is the truth", async () => {
    const source = scriptedSource({ [ID]: { durationMs: 1_000_000 } });
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID));
    await pass(500_000);
    const before = source.calls.length;
    waiter.hint(ID);
    await pass(5000);
    expect(source.calls.length - before).toBe(1);
    expect(seen.outcome).toBeUndefined();
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expectNothingLeft(waiter);
  });

  it("of a task that nobody waits for does nothing, and says so", async () => {
    const source = scriptedSource({ [ID]: ["COMPLETE"] });
    const waiter = makeWaiter(source);
    expect(waiter.hint(ID)).toBe(false);
    expect(waiter.hint(undefined as unknown as string)).toBe(false);
    await flush();
    expect(source.calls).toHaveLength(0);
    const wait = waiter.wait(ID);
    await pass(1000);
    await wait;
    expect([waiter.hint(ID), wait.hint()]).toEqual([false, false]);
    await waiter.close();
    expect(waiter.hint(ID)).toBe(false);
    expectNothingLeft(waiter);
  });

  it("counts in the turn that made the wait, also when the first poll would have its time", async () => {
    const source = scriptedSource({ [ID]: ["COMPLETE"] });
    const waiter = makeWaiter(source);
    const wait = waiter.wait(ID, { justStarted: true });
    expect(waiter.hint(ID)).toBe(true);
    await flush();
    expect(source.calls).toHaveLength(1);
    await wait;
  });

  it("that comes during a poll brings another: that one may have been answered before the end", async () => {
    const source = manualSource();
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID));
    await flush();
    waiter.hint(ID);
    waiter.hint(ID);
    await pass(100);
    expect(source.calls).toHaveLength(1);
    source.calls[0]?.answer({ taskId: ID, taskStatus: "RUNNING" });
    await pass(MIN_INTERVAL_MS - 10);
    expect(source.calls).toHaveLength(1);
    await pass(10);
    expect(source.calls).toHaveLength(2);
    source.calls[1]?.answer({ taskId: ID, taskStatus: "COMPLETE" });
    await flush();
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("keeps calls minIntervalMs apart, those of the most eager wait", async () => {
    const source = scriptedSource({ [ID]: { durationMs: HOUR_MS } });
    const waiter = makeWaiter(source);
    record(waiter.wait(ID, { minIntervalMs: 60_000 }));
    record(waiter.wait(ID, { minIntervalMs: 5000 }));
    await pass(600_000);
    const before = source.calls.length;
    for (let atMs = 0; atMs < 60_000; atMs += 100) {
      waiter.hint(ID);
      await pass(100);
    }
    expect(source.calls.length - before).toBeLessThanOrEqual(13);
    expect(source.calls.length - before).toBeGreaterThanOrEqual(11);
    await waiter.close();
  });

  it("shortens no pause that the service asked for, nor a backoff", async () => {
    for (const step of [
      { error: new BdrcApiError("slow", { httpStatus: 429, apiCode: "Throttling", retryAfterMs: 30_000 }) },
      { error: new BdrcApiError("busy", { httpStatus: 503, apiCode: "Busy", retryAfterMs: 30_000 }) },
    ]) {
      const source = scriptedSource({ [ID]: ["RUNNING", step, "COMPLETE"] });
      const waiter = makeWaiter(source);
      const seen = record(waiter.wait(ID, { maxIntervalMs: 60_000 }));
      await pass(10_000);
      const failed = source.calls.length - 1;
      for (let atMs = 0; atMs < 20_000; atMs += 100) {
        expect(waiter.hint(ID)).toBe(true);
        await pass(100);
      }
      expect(source.calls).toHaveLength(failed + 1);
      await pass(60_000);
      expect(seen.outcome?.kind).toBe("complete");
      expect((source.calls[failed + 1]?.atMs ?? 0) - (source.calls[failed]?.atMs ?? 0)).toBeGreaterThan(
        29_000,
      );
    }
  });

  it("brings no more calls while polls fail than there are without it", async () => {
    const callsOf = async (hintEveryMs: number): Promise<number> => {
      const source = scriptedSource({ [ID]: ["RUNNING", "unreachable"] });
      const waiter = makeWaiter(source);
      const wait = waiter.wait(ID);
      record(wait);
      for (let atMs = 0; atMs < 60_000; atMs += hintEveryMs) {
        await pass(hintEveryMs);
        if (atMs > 5000) {
          wait.hint();
        }
      }
      await waiter.close();
      return source.calls.length;
    };
    expect(await callsOf(100)).toBe(await callsOf(60_000));
  });

  it("spends a permit, and goes before polls that are a mere guess", async () => {
    const source = scriptedSource({}, { otherwise: { durationMs: HOUR_MS } });
    const waiter = makeWaiter(source, { rate: { perSecond: 2 }, minIntervalMs: 1000 });
    for (let index = 0; index < 200; index++) {
      record(waiter.wait(`t-${index}`));
    }
    await pass(600_000);
    const polled = new Set(source.calls.slice(-20).map(({ taskId }) => taskId));
    const [recent = ""] = polled;
    const others = source.calls.length;
    waiter.hint(recent);
    await pass(1600);
    expect(source.calls.slice(others).map(({ taskId }) => taskId)).toContain(recent);
    expect(source.calls.length - others).toBeLessThanOrEqual(4);
    await waiter.close();
    expectNothingLeft(waiter);
  });

  it("is answered by a poll, whatever a listing shows that may be behind", async () => {
    const source = scriptedSource({}, { otherwise: { durationMs: HOUR_MS }, listing: true });
    const waiter = makeWaiter(source, { batch: "always", rate: { perSecond: 20 } });
    for (let index = 0; index < 100; index++) {
      record(waiter.wait(`t-${index}`));
    }
    await pass(60_000);
    const before = source.callsOf("t-7").length;
    waiter.hint("t-7");
    await pass(2000);
    expect(source.callsOf("t-7").length - before).toBe(1);
    await waiter.close();
  });

  it("leaves the deadline where it is, and an abort in the same turn", async () => {
    const source = scriptedSource({ [ID]: ["RUNNING", "hang"] });
    const waiter = makeWaiter(source);
    const [late, aborted] = [waiter.wait(ID, { timeoutMs: 60_000 }), waiter.wait(ID)].map(record);
    const controller = new AbortController();
    const third = record(waiter.wait(ID, { signal: controller.signal }));
    await pass(1000);
    waiter.hint(ID);
    await pass(1000);
    waiter.hint(ID);
    controller.abort();
    await flush();
    expect(third?.outcome?.kind).toBe("aborted");
    await pass(58_002);
    expect(late?.outcome?.kind).toBe("timedOut");
    expect(late?.settledAfterMs).toBeGreaterThanOrEqual(60_000);
    expect(late?.settledAfterMs).toBeLessThanOrEqual(60_002);
    expect(aborted?.outcome).toBeUndefined();
    await waiter.close();
    expectNothingLeft(waiter);
  });

  it("from a listener of a poll makes no loop: calls stay minIntervalMs apart", async () => {
    const source = scriptedSource({ [ID]: { durationMs: 10_000 } });
    const waiter = makeWaiter(source);
    const wait = waiter.wait(ID);
    wait.on("poll", () => wait.hint());
    await pass(10_300);
    await wait;
    expect(source.calls.length).toBeLessThanOrEqual(10_000 / MIN_INTERVAL_MS + 2);
    expectNothingLeft(waiter);
  });

  it("10,000 of them for 100 waits cost at most one call each minIntervalMs and task", async () => {
    const source = scriptedSource({}, { otherwise: { durationMs: 600_000, delayMs: 20 } });
    const waiter = makeWaiter(source, { minIntervalMs: 1000 });
    const ids = Array.from({ length: 100 }, (_, index) => `t-${index}`);
    const outcomes = ids.map((id) => waiter.wait(id).outcome);
    await pass(300_000);
    const before = source.calls.length;
    const random = seededRandom(1);
    const spanMs = 10_000;
    for (let batch = 0; batch < 100; batch++) {
      for (let count = 0; count < 100; count++) {
        waiter.hint(ids[Math.floor(ids.length * random())] as string);
      }
      await pass(spanMs / 100);
    }
    for (const id of ids) {
      const calls = source.callsOf(id).filter((_, index) => index > 0);
      const gaps = calls.slice(1).map(({ atMs }, index) => atMs - (calls[index]?.atMs ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    }
    expect(source.calls.length - before).toBeLessThanOrEqual(100 * (spanMs / 1000 + 1));
    expect(source.calls.length - before).toBeGreaterThan(100 * 5);
    await pass(HOUR_MS);
    expect((await Promise.all(outcomes)).every(({ kind }) => kind === "complete")).toBe(true);
    expectNothingLeft(waiter);
  });

  it("to a group is for one of its tasks, or for all", async () => {
    const source = scriptedSource({}, { otherwise: { durationMs: HOUR_MS } });
    const waiter = makeWaiter(source);
    const group = new TaskGroupWait(["t-1", "t-2", "t-3"].map((id) => waiter.wait(id)));
    await pass(60_000);
    const counts = () => ["t-1", "t-2", "t-3"].map((id) => source.callsOf(id).length);
    const before = counts();
    const added = () => counts().map((count, index) => count - (before[index] ?? 0));
    expect([group.hint("t-2"), group.hint("t-4")]).toEqual([true, false]);
    await pass(1);
    expect(added()).toEqual([0, 1, 0]);
    await pass(MIN_INTERVAL_MS);
    expect(group.hint()).toBe(true);
    await pass(1);
    expect(added()).toEqual([1, 2, 1]);
    group.abandon();
    await group.outcomes;
    expect(group.hint()).toBe(false);
    expectNothingLeft(waiter);
  });
});
