import { describe, expect, it, vi } from "vitest";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { type TaskSource, TaskWaiter, type TaskWaiterOptions } from "../../src/index.ts";
import { type ScriptedSource, scriptedSource } from "../../src/testing/index.ts";
import { expectNothingLeft, HOUR_MS, ID, pass, record, useFakeTime } from "./fake-time.ts";
import { type QuotaCall, quotaSource } from "./quota-source.ts";

useFakeTime();

/** A source of tasks that run on. */
function endless(more: Partial<TaskSource> = {}): ScriptedSource {
  return { ...scriptedSource({}, { otherwise: ["RUNNING"] }), ...more };
}

function waiterOf(source: TaskSource, options: Partial<TaskWaiterOptions> = {}): TaskWaiter {
  return new TaskWaiter({ source, batch: "never", random: () => 0.5, ...options });
}

function waitForMany(waiter: TaskWaiter, tasks: number): void {
  for (let index = 0; index < tasks; index++) {
    record(waiter.wait(`t-${index}`));
  }
}

function throttledShare(calls: readonly QuotaCall[]): number {
  return calls.filter(({ throttled }) => throttled).length / calls.length;
}

/** Whether two waiters share a rate: the second does not begin where every rate begins. */
async function doShare(first: TaskSource, second: TaskSource, options?: Partial<TaskWaiterOptions>) {
  const [a, b] = [waiterOf(first, options), waiterOf(second)];
  const beganAt = b.stats().ratePerSecond;
  waitForMany(a, 100);
  await pass(4000);
  await a.close();
  return b.stats().ratePerSecond !== beganAt;
}

describe("waiters of one source share one rate", () => {
  /** 200 tasks of 3 to 63 s on a hidden quota of 20 calls a second, waited for by so many waiters. */
  async function callsOf(waiters: number): Promise<readonly QuotaCall[]> {
    const durations = new Map(Array.from({ length: 200 }, (_, index) => [`t-${index}`, 3000 + 300 * index]));
    const source = quotaSource(durations, { perSecond: 20 });
    const random = seededRandom(3);
    const all = Array.from({ length: waiters }, () => waiterOf(source, { random }));
    const seen = [...durations.keys()].map((id, index) => all[index % waiters]?.wait(id).outcome);
    await pass(120_000);
    for (const outcome of await Promise.all(seen)) {
      expect(outcome?.kind).toBe("complete");
    }
    all.forEach(expectNothingLeft);
    return source.calls;
  }

  it.each([2, 5])("and %i spend a hidden quota as one does", async (waiters) => {
    const [alone, together] = [await callsOf(1), await callsOf(waiters)];
    expect(together.length).toBeGreaterThan(0.9 * alone.length);
    expect(together.length).toBeLessThan(1.1 * alone.length);
    expect(throttledShare(together)).toBeLessThan(throttledShare(alone) + 0.01);
  });

  it("and count each its own calls", async () => {
    const source = endless();
    const [a, b] = [waiterOf(source), waiterOf(source)];
    waitForMany(a, 100);
    record(b.wait("other"));
    await pass(5000);
    expect(b.stats().ratePerSecond).toBe(a.stats().ratePerSecond);
    expect(b.stats()).toMatchObject({ polls: source.callsOf("other").length, queued: 0 });
    expect(a.stats().polls).toBe(source.calls.length - b.stats().polls);
    await Promise.all([a.close(), b.close()]);
  });

  it("and a pause that one is asked for holds for all", async () => {
    const source = scriptedSource(
      { busy: [{ throttled: true, retryAfterMs: 20_000 }, "RUNNING"] },
      { otherwise: ["RUNNING"] },
    );
    const [a, b] = [waiterOf(source), waiterOf(source)];
    record(b.wait(ID));
    record(a.wait("busy"));
    await pass(500);
    const before = source.callsOf(ID).length;
    expect(a.stats().throttled).toBe(1);
    await pass(19_000);
    expect(source.callsOf(ID)).toHaveLength(before);
    expect(b.stats()).toMatchObject({ throttled: 0, queued: 1 });
    await pass(2000);
    expect(source.callsOf(ID).length).toBeGreaterThan(before);
    await Promise.all([a.close(), b.close()]);
  });

  it("but no pause is longer than the longest interval of the waiter that was asked for it", async () => {
    const source = scriptedSource(
      { busy: [{ throttled: true, retryAfterMs: 600_000 }, "RUNNING"] },
      { otherwise: ["RUNNING"] },
    );
    const [a, b] = [waiterOf(source, { maxInterval: "5s" }), waiterOf(source)];
    record(a.wait("busy"));
    await pass(500);
    record(b.wait(ID));
    await pass(6000);
    expect(source.callsOf(ID).length).toBeGreaterThan(0);
    await Promise.all([a.close(), b.close()]);
  });

  it("and one that has few tasks is served while another has many of the same value", async () => {
    const source = endless();
    const [a, b] = [waiterOf(source), waiterOf(source)];
    waitForMany(a, 1000);
    for (const id of ["x", "y", "z"]) {
      record(b.wait(id));
    }
    await pass(3000);
    expect(b.stats().polls).toBeGreaterThanOrEqual(3);
    expect(a.stats().queued).toBeGreaterThan(500);
    await Promise.all([a.close(), b.close()]);
  });

  it("and the calls in flight are bounded for all of them together", async () => {
    const source = scriptedSource({}, { otherwise: [{ status: "COMPLETE", delayMs: 5000 }] });
    const all = Array.from({ length: 4 }, () => waiterOf(source));
    const seen = all.flatMap((waiter, at) =>
      Array.from({ length: 300 }, (_, index) => waiter.wait(`t-${at}-${index}`).outcome),
    );
    await pass(600_000);
    expect((await Promise.all(seen)).every(({ kind }) => kind === "complete")).toBe(true);
    expect(source.mostInFlight).toBe(256);
    all.forEach(expectNothingLeft);
  });

  it.each(["abort", "close"] as const)("and an %s of one leaves what the others have queued", async (how) => {
    const source = endless();
    const [a, b] = [waiterOf(source), waiterOf(source)];
    const controller = new AbortController();
    for (let index = 0; index < 50; index++) {
      record(a.wait(`a-${index}`, { signal: controller.signal }));
      record(b.wait(`b-${index}`));
    }
    await pass(1000);
    const [callsOfA, queued] = [a.stats().polls, b.stats().queued];
    expect(a.stats().queued).toBeGreaterThan(30);
    if (how === "abort") {
      controller.abort();
    } else {
      void a.close();
    }
    expect(a.stats().queued).toBe(0);
    expect(b.stats().queued).toBe(queued);
    await pass(60_000);
    expect(a.stats().polls).toBe(callsOfA);
    expect(
      new Set(source.calls.map(({ taskId }) => taskId).filter((id) => id?.startsWith("b"))),
    ).toHaveLength(50);
    await b.close();
    expectNothingLeft(a);
    expectNothingLeft(b);
  });

  it("and nothing of it is left after the fake timers of a test", async () => {
    const source = endless();
    expect(await doShare(source, source)).toBe(true);
    vi.useRealTimers();
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    expect(waiterOf(source).stats().ratePerSecond).toBe(5);
  });
});

describe("waiters of different sources", () => {
  it("share a rate where the sources name the same quota", async () => {
    const quotaKeys = { describe: "same quota" };
    expect(await doShare(endless({ quotaKeys }), endless({ quotaKeys }))).toBe(true);
  });

  it.each([
    ["name different ones", { describe: "one" }, { describe: "another" }],
    ["name none", undefined, undefined],
    ["name what is no text", { describe: 7 }, { describe: 7 }],
    ["name an empty one", { describe: "" }, { describe: "" }],
  ])("share none where they %s", async (_, first, second) => {
    const keysOf = (quotaKeys: unknown) =>
      (quotaKeys === undefined ? {} : { quotaKeys }) as Partial<TaskSource>;
    expect(await doShare(endless(keysOf(first)), endless(keysOf(second)))).toBe(false);
  });

  it("share none where one can't say its quota", async () => {
    const broken = Object.defineProperty(endless(), "quotaKeys", {
      get: () => {
        throw new Error("no key");
      },
    });
    expect(await doShare(broken, endless())).toBe(false);
    expect(await doShare(broken, broken)).toBe(true);
  });

  it("share the rate of polls and not that of listings where only polls count together", async () => {
    const [first, second] = ["1", "2"].map((list) =>
      endless({ quotaKeys: { describe: "polls", list }, list: async () => ({ tasks: [] }) }),
    );
    const [a, b] = [waiterOf(first as TaskSource), waiterOf(second as TaskSource)];
    waitForMany(a, 100);
    await pass(4000);
    expect(b.stats()).toMatchObject({ ratePerSecond: a.stats().ratePerSecond, listRatePerSecond: 5 });
    await a.close();
  });

  it("have one rate for polls and listings where both are named the same", async () => {
    const waiter = waiterOf(endless({ quotaKeys: { describe: "both", list: "both" } }));
    waitForMany(waiter, 100);
    await pass(4000);
    const { ratePerSecond, listRatePerSecond } = waiter.stats();
    expect(ratePerSecond).toBeGreaterThan(20);
    expect(listRatePerSecond).toBe(ratePerSecond);
    await waiter.close();
  });
});

describe("a rate that the user has fixed", () => {
  it("is the waiter's own", async () => {
    const source = endless();
    expect(await doShare(source, source, { rate: { perSecond: 50 } })).toBe(false);
  });
});

describe("of different quotas that sources document of one, the lower holds", () => {
  const documented = (name: string, perSecond?: number): TaskSource =>
    endless({ quotaKeys: { describe: name }, limits: perSecond === undefined ? {} : { perSecond } });

  it.each([
    ["a higher and a lower", 20, 10],
    ["a lower and a higher", 10, 20],
    ["none and one", undefined, 10],
    ["one and none", 10, undefined],
  ])("for all: %s", (name, first, second) => {
    const waiters = [documented(name, first), documented(name, second)].map((source) => waiterOf(source));
    expect(waiters.map((waiter) => waiter.stats().ratePerSecond)).toEqual([9.5, 9.5]);
  });

  it("and does not raise a rate that was found out", async () => {
    const source = quotaSource(new Map([[ID, HOUR_MS]]), { perSecond: 0.5 });
    const first = waiterOf({ ...source, quotaKeys: { describe: "found out" } });
    waitForMany(first, 20);
    await pass(20_000);
    const found = first.stats().ratePerSecond;
    expect(found).toBeLessThan(5);
    waiterOf(documented("found out", 100));
    expect(first.stats().ratePerSecond).toBe(found);
    await first.close();
  });
});
