import { describe, expect, it } from "vitest";
import {
  acceptCall,
  beginRate,
  growRate,
  heedQuota,
  type RateState,
  takePermit,
  throttleRate,
} from "../../src/engine/rate/rate-controller.ts";

/** A second of calls that wait for permits, and are all accepted. */
function busySecond(state: RateState, fromMs: number): RateState {
  let next = state;
  for (let ms = fromMs + 50; ms <= fromMs + 1000; ms += 50) {
    next = acceptCall(growRate(next, ms, true), ms);
  }
  return next;
}

function throttled(state: RateState, times: number, nowMs: number, retryAfterMs?: number): RateState {
  return Array.from({ length: times }).reduce<RateState>(
    (next) => throttleRate(next, nowMs, retryAfterMs),
    state,
  );
}

describe("the rate of calls", () => {
  it("begins at 5 a second and doubles each second while calls are held back", () => {
    const begun = beginRate(0);
    expect(begun.ratePerSecond).toBe(5);
    const later = busySecond(busySecond(begun, 0), 1000);
    expect(later.ratePerSecond).toBeCloseTo(20, 6);
  });

  it("begins just below a documented quota, falls as any rate does, and climbs back to there and no further", () => {
    let state = beginRate(0, 20);
    expect(state.ratePerSecond).toBe(19);
    state = throttleRate({ ...state, acceptedMs: [500, 600, 700, 800, 900] }, 1000);
    expect(state.ratePerSecond).toBeLessThan(10);
    for (let s = 1; s < 120; s++) {
      state = busySecond(state, 1000 * s);
    }
    expect(state.ratePerSecond).toBe(19);
  });

  it("starts again below a quota that is heard of late, unless something was found out: then it only falls", () => {
    const begun = beginRate(0);
    expect(heedQuota(begun, 100)).toMatchObject({ ratePerSecond: 95, quotaPerSecond: 100 });
    expect(heedQuota(beginRate(0, 20), 10)).toMatchObject({ ratePerSecond: 9.5, quotaPerSecond: 10 });
    expect(heedQuota(beginRate(0, 20), 30)).toEqual(beginRate(0, 20));
    expect(heedQuota(beginRate(0, 20), 20)).toEqual(beginRate(0, 20));
    const found = throttleRate(begun, 1000);
    expect(found.ratePerSecond).toBeLessThan(5);
    expect(heedQuota(found, 100)).toEqual({ ...found, quotaPerSecond: 100 });
    expect(heedQuota(found, 1).ratePerSecond).toBe(0.95);
    const exhausted = { ...begun, exhaustedQuota: { fromMs: 0, probes: 0 } };
    expect(heedQuota(exhausted, 100).ratePerSecond).toBe(5);
  });

  it("is not earned by idle time, nor for more than a second by one late call", () => {
    expect(growRate(beginRate(0), 60_000, false).ratePerSecond).toBe(5);
    expect(growRate(beginRate(0), 60_000, true).ratePerSecond).toBe(10);
  });

  it("falls to 0.8 of what was accepted in the last second, once a second at most", () => {
    const full = { ...busySecond(beginRate(0), 0), ratePerSecond: 30 };
    const cut = throttleRate(full, 1000);
    expect(cut.ceilingPerSecond).toBe(20);
    expect(cut.ratePerSecond).toBe(16);
    expect(throttleRate(cut, 1900).ratePerSecond).toBe(16);
    expect(throttleRate(cut, 2000).ratePerSecond).toBeLessThan(16);
  });

  it("never falls by more than half at once, however little was accepted", () => {
    const cut = throttleRate({ ...beginRate(0), ratePerSecond: 40 }, 1000);
    expect(cut.ceilingPerSecond).toBe(20);
  });

  it("climbs to 0.95 of the ceiling in four seconds, and only then probes for more", () => {
    let state = throttleRate({ ...busySecond(beginRate(0), 0), ratePerSecond: 30 }, 1000);
    for (let s = 1; s < 5; s++) {
      state = busySecond(state, 1000 * s);
    }
    expect(state.ratePerSecond).toBeCloseTo(19, 6);
    state = busySecond(state, 5000);
    expect(state.ratePerSecond).toBeGreaterThan(19);
    expect(state.ratePerSecond).toBeLessThan(19.2);
  });

  it("stops after six throttles in a row; single probes follow after 0.5, 1, 2, 4, 8, 10 and 10 s", () => {
    let state = throttled(beginRate(0), 6, 0);
    const gaps = [state.pausedUntilMs];
    for (let probe = 0; probe < 6; probe++) {
      const atMs = state.pausedUntilMs;
      state = throttleRate(takePermit(state, atMs), atMs);
      gaps.push(state.pausedUntilMs - atMs);
    }
    expect(gaps).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it("tries as soon, whatever was still under way when it stopped", () => {
    const few = throttled(beginRate(0), 6, 0);
    const many = throttled(beginRate(0), 60, 0);
    expect(many.pausedUntilMs).toBe(few.pausedUntilMs);
    expect(takePermit(many, 500).pausedUntilMs).toBe(takePermit(few, 500).pausedUntilMs);
  });

  it("waits for as long as the service says, also between probes", () => {
    expect(throttleRate(beginRate(0), 0, 7000).pausedUntilMs).toBe(7000);
    const exhausted = throttled(beginRate(0), 6, 0);
    expect(throttleRate(exhausted, 500, 30_000).pausedUntilMs).toBe(30_500);
  });

  it("takes the average of the whole cycle for the ceiling once a long window opens, and goes on at once", () => {
    let state = beginRate(0);
    for (let s = 0; s < 4; s++) {
      state = busySecond(state, 1000 * s);
    }
    state = throttled(state, 6, 4000);
    const open = acceptCall(takePermit(state, 9999), 10_000);
    // 80 calls in ten seconds, and the probe's.
    expect(open.ceilingPerSecond).toBeCloseTo(8, 6);
    expect(open.ratePerSecond).toBeCloseTo(0.95 * 8, 6);
    expect(open.pausedUntilMs).toBe(0);
    expect(open.exhaustedQuota).toBeUndefined();
  });

  it("knows nothing of answers at first", () => {
    const begun = {
      pausedUntilMs: 0,
      grownUntilMs: 7000,
      lastCutMs: Number.NEGATIVE_INFINITY,
      acceptedMs: [],
      cycleFromMs: 7000,
      cycleAccepted: 0,
      throttledInARow: 0,
    };
    expect(beginRate(7000)).toStrictEqual({ ...begun, ratePerSecond: 5 });
    expect(beginRate(7000, 40)).toStrictEqual({ ...begun, ratePerSecond: 38, quotaPerSecond: 40 });
  });

  it("does not change where no time has passed, nor by a clock that goes back", () => {
    const begun = beginRate(1000);
    expect(growRate(begun, 1000, true)).toBe(begun);
    expect(growRate(begun, 400, true)).toBe(begun);
  });

  it("does not grow while the quota is exhausted", () => {
    const exhausted = throttled(beginRate(0), 6, 0);
    expect(growRate(exhausted, 900, true)).toEqual({ ...exhausted, grownUntilMs: 900 });
  });

  it("probes by 0.005 a second at first, twice as much every 8 s without a throttle, and by 0.3 at most", () => {
    const probedAfter = (quietMs: number): number => {
      const lastCutMs = 50_000;
      const nowMs = lastCutMs + 4000 + quietMs;
      const cruising = { ...beginRate(nowMs - 1000), ratePerSecond: 95, ceilingPerSecond: 100, lastCutMs };
      return growRate(cruising, nowMs, true).ratePerSecond / 95 - 1;
    };
    expect(probedAfter(-2000)).toBeCloseTo(0.005, 9);
    expect(probedAfter(0)).toBeCloseTo(0.005, 9);
    expect(probedAfter(8000)).toBeCloseTo(0.01, 9);
    expect(probedAfter(24_000)).toBeCloseTo(0.04, 9);
    expect(probedAfter(600_000)).toBeCloseTo(0.3, 9);
  });

  it("counts an answer as accepted for less than a second", () => {
    const counted = (nowMs: number): readonly number[] =>
      acceptCall({ ...beginRate(0), acceptedMs: [1000, 1500] }, nowMs).acceptedMs;
    expect(counted(1999)).toEqual([1000, 1500, 1999]);
    expect(counted(2000)).toEqual([1500, 2000]);
    expect(counted(9000)).toEqual([9000]);
  });

  it("goes back to where it was when the quota opens again within two seconds", () => {
    const [beganMs, exhaustedMs] = [4000, 5000];
    const cut = throttled({ ...busySecond(beginRate(beganMs), beganMs), ratePerSecond: 30 }, 6, exhaustedMs);
    expect(cut.ceilingPerSecond).toBe(20);
    const open = acceptCall(cut, exhaustedMs + 2000);
    expect(open).toMatchObject({ ceilingPerSecond: 20, ratePerSecond: 16, pausedUntilMs: 0 });
    expect(open).toMatchObject({ lastCutMs: 7000, cycleFromMs: 7000, cycleAccepted: 1, throttledInARow: 0 });
    // 20 calls in the 3.001 s since the cycle began.
    expect(acceptCall(cut, exhaustedMs + 2001).ceilingPerSecond).toBeCloseTo(20 / 3.001, 9);
  });

  it("gives permits freely while the quota is not exhausted", () => {
    const begun = beginRate(0);
    expect(takePermit(begun, 1000)).toBe(begun);
  });
});
