import { describe, expect, it } from "vitest";
import { type ScriptedCall, scriptedSource } from "../../src/testing/index.ts";
import { BROKEN_CONNECTION } from "./endings.ts";
import { expectNothingLeft, flush, HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

/** The most calls that began within any span of this length. */
function mostWithin(calls: readonly ScriptedCall[], spanMs: number): number {
  return Math.max(
    0,
    ...calls.map(({ atMs }) => calls.filter((one) => one.atMs >= atMs && one.atMs < atMs + spanMs).length),
  );
}

describe("W4: every call spends a permit of the one limiter", () => {
  it.each([1, 5, 50, 300])(
    "a hundred waits at %i calls a second make no more than that",
    async (perSecond) => {
      const source = scriptedSource({}, { otherwise: ["RUNNING", "RUNNING", "COMPLETE"] });
      const waiter = makeWaiter(source, { rate: { perSecond } });
      const seen = Array.from({ length: 100 }, (_, index) => record(waiter.wait(`t-${index}`)));
      await pass(HOUR_MS);
      expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
      expect(source.calls).toHaveLength(300);
      // Permits may come a few at a time, but the mean over a second holds to within one such portion.
      expect(mostWithin(source.calls, 1000)).toBeLessThanOrEqual(perSecond + Math.ceil(perSecond / 100) + 1);
      expectNothingLeft(waiter);
    },
  );

  it("a call that is sent again spends a permit like any other", async () => {
    const source = scriptedSource({}, { otherwise: [BROKEN_CONNECTION] });
    const waiter = makeWaiter(source, { rate: { perSecond: 2 } });
    const seen = Array.from({ length: 10 }, (_, index) =>
      record(waiter.wait(`t-${index}`, { timeout: "1m" })),
    );
    await pass(60_000 + 10);
    expect(seen.every(({ outcome }) => outcome?.kind === "timedOut")).toBe(true);
    expect(source.calls.length).toBeGreaterThan(60);
    expect(mostWithin(source.calls, 1000)).toBeLessThanOrEqual(3);
  });

  it("a listing spends one, too", async () => {
    const source = scriptedSource({}, { otherwise: { durationMs: 600_000 }, listing: true });
    const waiter = makeWaiter(source, { rate: { perSecond: 3 } });
    const seen = Array.from({ length: 60 }, (_, index) => record(waiter.wait(`t-${index}`)));
    await pass(HOUR_MS);
    expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
    expect(mostWithin(source.calls, 1000)).toBeLessThanOrEqual(4);
  });

  it("two waits on one task cost one poll", async () => {
    const source = scriptedSource({ [ID]: ["RUNNING", "RUNNING", "COMPLETE"] });
    const waiter = makeWaiter(source);
    const both = [record(waiter.wait(ID)), record(waiter.wait(ID))];
    await pass(HOUR_MS);
    expect(both.map(({ outcome }) => outcome?.kind)).toEqual(["complete", "complete"]);
    expect(source.calls).toHaveLength(3);
    expect(both[0]?.names).toEqual(both[1]?.names);
  });

  it("1,000 waits on one task cost what one costs", async () => {
    const source = scriptedSource({ [ID]: [{ status: "RUNNING", delayMs: 50, times: 5 }, "COMPLETE"] });
    const waiter = makeWaiter(source);
    const waits = Array.from({ length: 1000 }, () => waiter.wait(ID));
    await pass(HOUR_MS);
    await Promise.all(waits);
    expect(source.calls).toHaveLength(6);
    expect(source.mostInFlight).toBe(1);
    expectNothingLeft(waiter);
  });

  it("a wait that joins while the call is in flight shares its answer", async () => {
    const source = scriptedSource({ [ID]: [{ status: "COMPLETE", delayMs: 500 }] });
    const waiter = makeWaiter(source);
    const first = record(waiter.wait(ID));
    await pass(250);
    const second = record(waiter.wait(ID));
    await pass(300);
    expect([first, second].map(({ outcome }) => outcome?.kind)).toEqual(["complete", "complete"]);
    expect(source.calls).toHaveLength(1);
  });

  it("waits on one task that differ in their budgets end each by its own", async () => {
    const source = scriptedSource({ [ID]: ["unreachable"] });
    const waiter = makeWaiter(source);
    const short = record(waiter.wait(ID, { outageBudget: "10s" }));
    const long = record(waiter.wait(ID, { outageBudget: "10m" }));
    await pass(30_000);
    expect(short.outcome?.kind).toBe("unreachable");
    expect(long.outcome).toBeUndefined();
    await pass(HOUR_MS);
    expect(long.outcome?.kind).toBe("unreachable");
  });

  it("a wait that comes late is not starved by many that are there already", async () => {
    const source = scriptedSource({ [ID]: ["COMPLETE"] }, { otherwise: ["RUNNING"] });
    const waiter = makeWaiter(source, { rate: { perSecond: 10 } });
    for (let index = 0; index < 100; index++) {
      record(waiter.wait(`t-${index}`));
    }
    await pass(60_000);
    const late = record(waiter.wait(ID));
    await pass(30_000);
    expect(late.outcome?.kind).toBe("complete");
    await waiter.close();
    expectNothingLeft(waiter);
  });

  it("a permit is not kept for a wait that has ended", async () => {
    const source = scriptedSource({}, { otherwise: ["COMPLETE"] });
    const waiter = makeWaiter(source, { rate: { perSecond: 1 } });
    const waits = Array.from({ length: 20 }, (_, index) => waiter.wait(`t-${index}`));
    const seen = waits.map(record);
    await flush();
    for (const wait of waits.slice(1, 19)) {
      wait.abandon();
    }
    await pass(1100);
    expect(seen.at(-1)?.outcome?.kind).toBe("complete");
    expect(source.calls).toHaveLength(2);
  });
});

it("a service that is slow to answer has a bounded number of calls in flight, and all waits end", async () => {
  let inFlight = 0;
  let most = 0;
  const waiter = makeWaiter({
    describe: async (taskId) => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 5000));
      inFlight--;
      return { taskId, taskStatus: "COMPLETE" };
    },
  });
  const outcomes = Array.from({ length: 1500 }, (_, index) => waiter.wait(`t-${index}`).outcome);
  await pass(HOUR_MS);
  expect((await Promise.all(outcomes)).every(({ kind }) => kind === "complete")).toBe(true);
  expect(most).toBe(256);
  expectNothingLeft(waiter);
});
