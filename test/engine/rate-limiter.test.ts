import { describe, expect, it, vi } from "vitest";
import { MonotonicClock } from "../../src/async/monotonic-clock.ts";
import { PermitDispatcher } from "../../src/engine/rate/permit-dispatcher.ts";
import { PermitQueue } from "../../src/engine/rate/permit-queue.ts";
import { RateLimiter } from "../../src/engine/rate/rate-limiter.ts";
import { pass, useFakeTime } from "./fake-time.ts";

useFakeTime();

const SIGNAL = new AbortController().signal;

/** A queue whose limiter has had so many throttles in a row that only single probes go out. */
function makeExhaustedQueue(): { readonly queue: PermitQueue<never>; readonly limiter: RateLimiter } {
  const clock = new MonotonicClock();
  const limiter = new RateLimiter(clock, "adaptive");
  for (let throttles = 0; throttles < 6; throttles++) {
    limiter.throttled(undefined);
  }
  return {
    queue: new PermitQueue<never>(new PermitDispatcher(limiter), clock, {
      priority: () => 0,
      grant: () => {},
    }),
    limiter,
  };
}

/** When each of so many permits was given, in milliseconds from now. */
function permitTimes(queue: PermitQueue<never>, count: number): number[] {
  const fromMs = performance.now();
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    void queue.acquire(SIGNAL).then(() => times.push(performance.now() - fromMs));
  }
  return times;
}

describe("the rate limiter", () => {
  it("goes on at its pace as soon as a probe is accepted, not when the next would have been due", async () => {
    const { queue, limiter } = makeExhaustedQueue();
    const times = permitTimes(queue, 3);
    await pass(600);
    expect(times).toEqual([500]);
    limiter.accepted();
    await pass(1000);
    // Two a second: 0.8 of the half that was left after the first throttle of five.
    expect(times).toEqual([500, 1000, 1500]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets one probe out at a time, further and further apart, while none is accepted", async () => {
    const { queue, limiter } = makeExhaustedQueue();
    const times = permitTimes(queue, 4);
    for (let probe = 0; probe < 4; probe++) {
      await pass(probe === 0 ? 500 : 500 * 2 ** probe);
      expect(times).toHaveLength(probe + 1);
      limiter.throttled(undefined);
    }
    expect(times).toEqual([500, 1500, 3500, 7500]);
  });
});
