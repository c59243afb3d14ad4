import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { TaskWaiter } from "../../src/index.ts";
import { pass, record, useFakeTime } from "./fake-time.ts";
import { type QuotaCall, quotaSource } from "./quota-source.ts";

useFakeTime();

function throttledShare(calls: readonly QuotaCall[]): number {
  return calls.filter(({ throttled }) => throttled).length / calls.length;
}

describe("200 waits that start together on a quota of 20 calls a second", () => {
  it.each([
    ["one call a poll", "never", 400],
    ["listings where they pay", "auto", 100],
  ] as const)(
    "all complete with %s, and once the rate is found fewer than 1 call in 100 is throttled",
    async (_, batch, minCalls) => {
      const durations = new Map(
        Array.from({ length: 200 }, (__, index) => [`t-${index}`, 3000 + 300 * index]),
      );
      const source = quotaSource(durations, { perSecond: 20 });
      const waiter = new TaskWaiter({ source, batch, random: seededRandom(3) });
      const seen = [...durations.keys()].map((id) => record(waiter.wait(id)));
      const beganMs = Date.now();

      await pass(120_000);

      expect(seen.filter(({ outcome }) => outcome?.kind !== "complete")).toEqual([]);
      const later = source.calls.filter(({ atMs }) => atMs > beganMs + 10_000);
      expect(later.length).toBeGreaterThan(minCalls);
      expect(throttledShare(later)).toBeLessThan(0.01);
    },
  );
});

describe("500 waits on a quota of 100 calls a second that answers 1 call in 50 with 503", () => {
  it("learn of their ends within 10 s, through fewer than 3 calls a task, nearly none of them throttled", async () => {
    const random = seededRandom(5);
    const durations = new Map(
      Array.from({ length: 500 }, (_, index) => [`t-${index}`, 2500 + 5000 * random()]),
    );
    const source = quotaSource(durations, { perSecond: 100 }, { unavailable: 0.02, seed: 7 });
    const waiter = new TaskWaiter({ source, random: seededRandom(9) });
    const seen = [...durations.keys()].map((id) => record(waiter.wait(id)));

    await pass(120_000);

    expect(seen.filter(({ outcome }) => outcome?.kind !== "complete")).toEqual([]);
    const { polls, listings, throttled, lateness } = waiter.stats();
    expect(listings).toBeGreaterThan(0);
    expect(polls + listings).toBeLessThan(3 * durations.size);
    expect(throttled).toBeLessThanOrEqual(0.01 * (polls + listings) + 3);
    expect(lateness?.meanMs).toBeLessThan(10_000);
  });
});
