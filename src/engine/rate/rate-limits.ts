import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { ApiRateLimit, type CallAnswer } from "./api-rate-limit.ts";
import type { RateOption } from "./rate-limiter.ts";

/**
 * What a waiter may call. The service counts the calls of each of its APIs on its own, so each finds out its own
 * rate; a rate that the user has fixed is for all calls together.
 */
export class RateLimits {
  readonly describe: ApiRateLimit;
  readonly list: ApiRateLimit;
  /** Pages of listings that were answered so far, good and bad. */
  listings = 0;

  /** @param onCall - Hears how each call went. */
  constructor(clock: MonotonicClock, rate: RateOption, onCall: (answer: CallAnswer) => void = () => {}) {
    this.describe = new ApiRateLimit(clock, rate, onCall);
    this.list = rate === "adaptive" ? new ApiRateLimit(clock, rate, onCall) : this.describe;
  }

  /** A page of a listing was answered. */
  listed(answer: CallAnswer, retryAfterMs?: number): void {
    this.listings++;
    this.list.answered(answer, retryAfterMs);
  }

  /** All calls that were answered so far, good and bad. */
  get calls(): number {
    return this.describe.calls + (this.list === this.describe ? 0 : this.list.calls);
  }

  get throttled(): number {
    return this.describe.throttled + (this.list === this.describe ? 0 : this.list.throttled);
  }

  get queued(): number {
    return this.describe.queued + (this.list === this.describe ? 0 : this.list.queued);
  }
}
