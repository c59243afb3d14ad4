import { describe, expect, it } from "vitest";
import { TaskWaiter } from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";
import { laggingSource } from "./lagging-source.ts";
import { quotaSource } from "./quota-source.ts";

useFakeTime();

describe("a quota that the source documents", () => {
  const waitOn = (limits: { perSecond?: number }, perSecond: number) => {
    const ids = Array.from({ length: 200 }, (_, index) => `t-${index}`);
    const source = quotaSource(new Map(ids.map((id) => [id, HOUR_MS])), { perSecond });
    const waiter = new TaskWaiter({ source: { ...source, limits }, batch: "never" });
    for (const id of ids) {
      record(waiter.wait(id));
    }
    return { source, waiter };
  };

  it("is used from the second second on, by 90 % at least, with at most 1 % throttled", async () => {
    const beganMs = Date.now();
    const { source, waiter } = waitOn({ perSecond: 20 }, 20);
    await pass(10_000);
    const perSecond = Array.from({ length: 9 }, (_, index) => {
      const fromMs = beganMs + 1000 * (index + 1);
      return source.calls.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + 1000).length;
    });
    expect(Math.min(...perSecond)).toBeGreaterThanOrEqual(18);
    const throttled = source.calls.filter((call) => call.throttled).length;
    expect(throttled).toBeLessThanOrEqual(0.01 * source.calls.length);
    await waiter.close();
  });

  it("is not probed beyond, though the service would take more", async () => {
    const { source, waiter } = waitOn({ perSecond: 10 }, 1000);
    await pass(60_000);
    expect(source.calls.length).toBeLessThanOrEqual(10 * 60);
    expect(waiter.stats()).toMatchObject({ ratePerSecond: 9.5, listRatePerSecond: 9.5 });
    await waiter.close();
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, "20/s"])("that is %s counts as none", (perSecond) => {
    const limits = JSON.parse(JSON.stringify({ perSecond })) as object;
    const waiter = new TaskWaiter({ source: { ...scriptedSource(), limits: { ...limits } } });
    expect(waiter.stats().ratePerSecond).toBe(5);
  });

  it("gives way to the rate that the user has set", () => {
    const source = { ...scriptedSource(), limits: { perSecond: 20 } };
    expect(new TaskWaiter({ source, rate: { perSecond: 3 } }).stats().ratePerSecond).toBe(3);
  });

  it("below one call in two seconds is kept to", async () => {
    const source = { ...scriptedSource({}, { otherwise: ["RUNNING"] }), limits: { perSecond: 0.1 } };
    const waiter = new TaskWaiter({ source });
    record(waiter.wait("t-1"));
    record(waiter.wait("t-2"));
    await pass(60_000);
    expect(source.calls.length).toBeLessThanOrEqual(7);
    await waiter.close();
  });
});

describe("a shortest interval that the source documents", () => {
  const limits = { minIntervalMs: 5000 };

  it("binds, whatever a wait asks for", async () => {
    const source = { ...scriptedSource({ [ID]: ["RUNNING"] }), limits };
    const waiter = makeWaiter(source, { minIntervalMs: 10, maxIntervalMs: 100 });
    record(waiter.wait(ID, { minIntervalMs: 1 }));
    await pass(60_000);
    const gaps = source.calls.slice(1).map(({ atMs }, index) => atMs - (source.calls[index]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5000);
    expect(source.calls.length).toBeGreaterThan(8);
    await waiter.close();
  });

  it("holds for the task, also when a second wait joins", async () => {
    const source = { ...scriptedSource({ [ID]: ["RUNNING"] }), limits };
    const waiter = makeWaiter(source);
    record(waiter.wait(ID));
    await pass(2000);
    const joined = record(waiter.wait(ID));
    await pass(2000);
    expect(source.calls).toHaveLength(1);
    await pass(2000);
    expect(source.calls).toHaveLength(2);
    expect(joined.names).toContain("poll");
    await waiter.close();
  });

  it("holds for the task, also when a poll has to tell whether listings are right", async () => {
    const source = laggingSource(200, HOUR_MS, 0, 0);
    const polled = new Map<string, number[]>();
    const waiter = makeWaiter(
      {
        ...source,
        limits: { minIntervalMs: 60_000 },
        describe: (taskId, options) => {
          polled.set(taskId, [...(polled.get(taskId) ?? []), performance.now()]);
          return source.describe(taskId, options);
        },
      },
      { batch: "always" },
    );
    for (const id of source.ids) {
      record(waiter.wait(id));
    }
    await pass(300_000);
    const gaps = [...polled.values()].flatMap((times) =>
      times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0)),
    );
    expect(gaps.length).toBeGreaterThan(0);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60_000);
    await waiter.close();
  });
});
