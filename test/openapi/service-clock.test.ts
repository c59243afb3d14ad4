import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceClock } from "../../src/openapi/http/service-clock.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const at = (offsetMs: number) => new Date(NOW + offsetMs).toUTCString();

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("ServiceClock", () => {
  it("is this machine's until the service says otherwise", () => {
    const clock = new ServiceClock();
    expect(clock.now()).toBe(NOW);
    expect(clock.correct(at(3_600_000), NOW)).toBe(true);
    expect(clock.now()).toBe(NOW + 3_600_000);
    vi.advanceTimersByTime(5000);
    expect(clock.now()).toBe(NOW + 3_605_000);
  });

  it("learns nothing from a date that is near, absent or none", () => {
    const clock = new ServiceClock();
    for (const date of [at(59_000), at(-59_000), undefined, "", "yesterday"]) {
      expect(clock.correct(date, NOW)).toBe(false);
    }
    expect(clock.now()).toBe(NOW);
  });

  it("lets a request go again that another one's answer has corrected the clock for", () => {
    const clock = new ServiceClock();
    expect(clock.correct(at(-3_600_000), NOW)).toBe(true);
    expect(clock.correct(at(-3_600_000), NOW)).toBe(true);
    expect(clock.correct(at(-3_600_000), clock.now())).toBe(false);
  });

  it("tells how far the service is ahead, from the date of an answer half way through the call", () => {
    const clock = new ServiceClock();
    vi.advanceTimersByTime(200);

    expect(clock.aheadMs).toBeUndefined();
    clock.hear(new Date(NOW + 60_100).toUTCString(), 200);

    expect(Math.abs((clock.aheadMs ?? 0) - 60_000)).toBeLessThanOrEqual(500);
    clock.hear("yesterday", 200);
    expect(Math.abs((clock.aheadMs ?? 0) - 60_000)).toBeLessThanOrEqual(500);
  });

  it("tells it of the clock as it is now, also when that was set, during the call or later", () => {
    const clock = new ServiceClock();
    clock.hear(new Date(NOW + 60_000).toUTCString(), 0);
    vi.setSystemTime(NOW - 8 * 3_600_000);

    expect(Math.abs((clock.aheadMs ?? 0) - 60_000 - 8 * 3_600_000)).toBeLessThanOrEqual(500);
    vi.setSystemTime(NOW + 3_600_000);
    expect(Math.abs((clock.aheadMs ?? 0) - 60_000 + 3_600_000)).toBeLessThanOrEqual(500);
  });
});
