import pThrottle from "p-throttle";
import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { sleep } from "../../async/sleep.ts";
import {
  acceptCall,
  beginRate,
  growRate,
  heedQuota,
  MAX_PER_SECOND,
  type RateState,
  takePermit,
  throttleRate,
} from "./rate-controller.ts";

/** At what rate calls go out: found out from the answers, or fixed for those who know theirs. */
export type RateOption = "adaptive" | { readonly perSecond: number };

/** One p-throttle: what nothing exceeds, whatever the answers say. */
interface Ceiling {
  readonly pass: () => Promise<void>;
  readonly abort: AbortController;
  /** The wall clock less the monotonic one when it was made. */
  readonly wallAheadMs: number;
}

const MAX_WALL_JUMP_MS = 500;
// Above this rate permits come in twos, threes …: timers can't fire more often than once a millisecond.
const MIN_INTERVAL_MS = 5;

/**
 * Gives out one permit at a time: below a ceiling that does not change, at a pace that follows the answers. The pace is
 * one moment on the monotonic clock, before which no permit is given.
 */
export class RateLimiter {
  readonly #clock: MonotonicClock;
  readonly #isAdaptive: boolean;
  readonly #maxPerSecond: number;
  #rate: RateState;
  #nextPermitMs = Number.NEGATIVE_INFINITY;
  #ceiling: Ceiling | undefined;
  #followed: AbortSignal | undefined;
  // Ends the pause that a permit waits for.
  #wake: (() => void) | undefined;

  /** @param quotaPerSecond - What the service documents; an adaptive rate begins there and goes no further. */
  constructor(clock: MonotonicClock, option: RateOption, quotaPerSecond?: number) {
    this.#clock = clock;
    this.#isAdaptive = option === "adaptive";
    const rate = beginRate(clock.nowMs(), quotaPerSecond);
    this.#rate = option === "adaptive" ? rate : { ...rate, ratePerSecond: option.perSecond };
    this.#maxPerSecond = option === "adaptive" ? MAX_PER_SECOND : option.perSecond;
  }

  get ratePerSecond(): number {
    return this.#rate.ratePerSecond;
  }

  /** Whether a waiter with this clock can share the pace: the two differ by no more than the wall clock was set meanwhile. */
  keepsTimeWith(clock: MonotonicClock): boolean {
    return Math.abs(this.#clock.nowMs() - clock.nowMs()) <= MAX_WALL_JUMP_MS;
  }

  /** Another source knows what the service documents of the same quota. */
  heedQuota(perSecond: number | undefined): void {
    if (this.#isAdaptive && perSecond !== undefined) {
      this.#rate = heedQuota(this.#rate, perSecond);
    }
  }

  /** Resolves when a call may go out; rejects with the signal's reason when that aborts first. */
  async permit(signal: AbortSignal): Promise<void> {
    this.#grow(false);
    // An idle limiter owes nothing; one that delayed a call keeps its pace, however late its timer was.
    let fromMs = this.#clock.nowMs();
    let intervalMs = 1000 / this.#rate.ratePerSecond;
    for (let nowMs = fromMs; ; nowMs = this.#clock.nowMs()) {
      const { pausedUntilMs } = this.#rate;
      if (pausedUntilMs > nowMs) {
        await this.#sleepUntil(pausedUntilMs, signal);
        this.#grow(false);
        fromMs = this.#clock.nowMs();
        intervalMs = 1000 / this.#rate.ratePerSecond;
      } else if (this.#nextPermitMs - Math.max(0, MIN_INTERVAL_MS - intervalMs) > nowMs) {
        fromMs = this.#nextPermitMs;
        await this.#sleepUntil(fromMs, signal);
        this.#grow(true);
      } else {
        // A rate that has fallen counts at once, one that has grown from the next permit on.
        intervalMs = Math.max(intervalMs, 1000 / this.#rate.ratePerSecond);
        this.#nextPermitMs = Math.max(this.#nextPermitMs, fromMs) + intervalMs;
        await this.#pass(signal);
        // A throttle may have been heard meanwhile.
        if (this.#rate.pausedUntilMs <= this.#clock.nowMs()) {
          break;
        }
      }
    }
    this.#rate = takePermit(this.#rate, this.#clock.nowMs());
  }

  accepted(): void {
    const { pausedUntilMs } = this.#rate;
    this.#rate = this.#isAdaptive ? acceptCall(this.#rate, this.#clock.nowMs()) : this.#rate;
    if (this.#rate.pausedUntilMs < pausedUntilMs) {
      this.#wake?.();
    }
  }

  throttled(retryAfterMs: number | undefined): void {
    const nowMs = this.#clock.nowMs();
    this.#rate = this.#isAdaptive
      ? throttleRate(this.#rate, nowMs, retryAfterMs)
      : { ...this.#rate, pausedUntilMs: Math.max(this.#rate.pausedUntilMs, nowMs + (retryAfterMs ?? 0)) };
  }

  async #sleepUntil(untilMs: number, signal: AbortSignal): Promise<void> {
    let isWoken = false;
    await sleep(Math.ceil(untilMs - this.#clock.nowMs()), signal, (wake) => {
      this.#wake = () => {
        isWoken = true;
        wake();
      };
    });
    this.#wake = undefined;
    if (!isWoken) {
      this.#clock.reach(untilMs);
    }
  }

  #grow(wasHolding: boolean): void {
    if (this.#isAdaptive) {
      this.#rate = growRate(this.#rate, this.#clock.nowMs(), wasHolding);
    }
  }

  async #pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (signal !== this.#followed) {
      // Once for all the permits that are asked for under it: a listener costs more than the rest of a permit.
      this.#followed = signal;
      signal.addEventListener("abort", () => this.#stopPassing(signal), { once: true });
    }
    await this.#currentCeiling().pass();
  }

  #stopPassing(signal: AbortSignal): void {
    if (signal === this.#followed) {
      this.#ceiling?.abort.abort(signal.reason);
      this.#ceiling = undefined;
    }
  }

  #currentCeiling(): Ceiling {
    // p-throttle counts by the wall clock: after a jump it would hold calls back for as long as the jump.
    const wallAheadMs = Date.now() - this.#clock.nowMs();
    if (this.#ceiling === undefined || Math.abs(wallAheadMs - this.#ceiling.wallAheadMs) > MAX_WALL_JUMP_MS) {
      const abort = new AbortController();
      const limit = Math.max(1, Math.ceil((this.#maxPerSecond * MIN_INTERVAL_MS) / 1000));
      const interval = (1000 * limit) / this.#maxPerSecond;
      this.#ceiling = {
        pass: pThrottle({ limit, interval, signal: abort.signal })(async () => {}),
        abort,
        wallAheadMs,
      };
    }
    return this.#ceiling;
  }
}
