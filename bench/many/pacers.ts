import { DefaultRateLimiter } from "@smithy/core/retry";
import { MonotonicClock } from "../../src/async/monotonic-clock.ts";
import { PermitDispatcher } from "../../src/engine/rate/permit-dispatcher.ts";
import { PermitQueue } from "../../src/engine/rate/permit-queue.ts";
import { RateLimiter } from "../../src/engine/rate/rate-limiter.ts";
import type { Verdict } from "./quota.ts";

/** Holds calls back, and hears how they went. */
export interface Pacer {
  permit(): Promise<unknown>;
  answered(verdict: Verdict): void;
}

/** The pacers that are compared, by name. */
export const PACERS: Readonly<Record<string, () => Pacer>> = {
  taskwait: () => {
    const clock = new MonotonicClock();
    const limiter = new RateLimiter(clock, "adaptive");
    const queue = new PermitQueue<never>(new PermitDispatcher(limiter), clock, {
      priority: () => 0,
      grant: () => {},
    });
    return {
      permit: () => queue.acquire(new AbortController().signal),
      answered: (verdict) => {
        if (verdict.isAccepted) {
          limiter.accepted();
        } else {
          limiter.throttled(verdict.retryAfterMs);
        }
      },
    };
  },
  "AIMD +1/s x0.5": () => additive(1, 0.5),
  "AIMD +0.5/s x0.8": () => additive(0.5, 0.8),
  "AWS DefaultRateLimiter": () => {
    const limiter = new DefaultRateLimiter();
    return {
      permit: () => limiter.getSendToken(),
      answered: ({ isAccepted }) => {
        limiter.updateClientSendingRate(isAccepted ? {} : { errorType: "THROTTLING" });
      },
    };
  },
};

/** The textbook: so much more each second, so many times less on a throttle, at most once a second. */
function additive(perSecond: number, factor: number): Pacer {
  let rate = 5;
  let grownMs = performance.now();
  let cutMs = Number.NEGATIVE_INFINITY;
  let nextMs = 0;
  return {
    permit: async () => {
      const nowMs = performance.now();
      rate += (perSecond * (nowMs - grownMs)) / 1000;
      grownMs = nowMs;
      nextMs = Math.max(nowMs, nextMs + 1000 / rate);
      if (nextMs > nowMs) {
        await new Promise((resolve) => setTimeout(resolve, nextMs - nowMs));
      }
    },
    answered: ({ isAccepted }) => {
      if (!isAccepted && performance.now() - cutMs > 1000) {
        rate = Math.max(0.5, rate * factor);
        cutMs = performance.now();
      }
    },
  };
}
