import pThrottle from "p-throttle";
import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { sleep } from "../../async/sleep.ts";
import {
  acceptCall,
  beginRate,
  growRate,
  type RateState,
  takePermit,
  throttleRate,
} from "./rate-controller.ts";

/** At what rate calls go out: found out from the answers, or fixed for those who know theirs. */
export type RateOption = "adaptive" | { readonly perSecond: number };

interface Throttle {
  readonly pass: () => Promise<void>;
  readonly ratePerSecond: number;
  readonly abort: AbortController;
  /** The wall clock less the steady one when it was made. */
  readonly wallAheadMs: number;
}

// Another p-throttle is made only for a change that matters.
const WORTHWHILE_CHANGE = 0.02;
const WALL_JUMP_MS = 500;
// Above this rate permits come in twos, threes …: timers can't ring more often than once a millisecond.
const SHORTEST_TIMER_MS = 5;

/** One p-throttle gate whose rate follows the answers. Gives out one permit at a time. */
export class RateLimiter {
  readonly #clock: MonotonicClock;
  readonly #isAdaptive: boolean;
  #rate: RateState;
  #throttle: Throttle | undefined;
  #passing: Throttle | undefined;
  #heeded: AbortSignal | undefined;
  // Ends the pause that a permit waits for.
  #wake: (() => void) | undefined;
  #lastPermitMs = Number.NEGATIVE_INFINITY;

  constructor(clock: MonotonicClock, option: RateOption) {
    this.#clock = clock;
    this.#isAdaptive = option === "adaptive";
    const rate = beginRate(clock.nowMs());
    this.#rate = option === "adaptive" ? rate : { ...rate, ratePerSecond: option.perSecond };
  }

  get ratePerSecond(): number {
    return this.#rate.ratePerSecond;
  }

  /** Resolves when a call may go out; rejects with the signal's reason when that aborts first. */
  async permit(signal: AbortSignal): Promise<void> {
    this.#grow(false);
    for (;;) {
      const { pausedUntilMs } = this.#rate;
      const pauseMs = pausedUntilMs - this.#clock.nowMs();
      if (pauseMs > 0) {
        await this.#pause(pausedUntilMs, pauseMs, signal);
        this.#grow(false);
        continue;
      }
      await this.#pass(signal);
      this.#grow(true);
      // A throttle may have been heard meanwhile.
      if (this.#rate.pausedUntilMs <= this.#clock.nowMs()) {
        break;
      }
    }
    this.#lastPermitMs = this.#clock.nowMs();
    this.#rate = takePermit(this.#rate, this.#lastPermitMs);
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

  async #pause(untilMs: number, pauseMs: number, signal: AbortSignal): Promise<void> {
    let isWoken = false;
    await sleep(Math.ceil(pauseMs), signal, (wake) => {
      this.#wake = () => {
        isWoken = true;
        wake();
      };
    });
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
    const throttle = this.#currentThrottle();
    signal.throwIfAborted();
    this.#passing = throttle;
    if (signal !== this.#heeded) {
      // Once for all the permits that are asked for under it: a listener costs more than the rest of a permit.
      this.#heeded = signal;
      signal.addEventListener("abort", () => this.#stopPassing(signal.reason), { once: true });
    }
    try {
      await throttle.pass();
    } finally {
      // Who was aborted gets here only after the next one has begun.
      if (this.#passing === throttle) {
        this.#passing = undefined;
      }
    }
  }

  #stopPassing(reason: unknown): void {
    if (this.#passing !== undefined) {
      // An aborted p-throttle forgets its pace, so it is not used again.
      this.#throttle = undefined;
      this.#passing.abort.abort(reason);
    }
  }

  #currentThrottle(): Throttle {
    const { ratePerSecond } = this.#rate;
    const wallAheadMs = Date.now() - this.#clock.nowMs();
    const current = this.#throttle;
    if (
      current !== undefined &&
      Math.abs(ratePerSecond / current.ratePerSecond - 1) < WORTHWHILE_CHANGE &&
      // p-throttle counts by the wall clock: after a jump it would hold calls back for as long as the jump.
      Math.abs(wallAheadMs - current.wallAheadMs) < WALL_JUMP_MS
    ) {
      return current;
    }
    this.#throttle = this.#makeThrottle(ratePerSecond, wallAheadMs);
    return this.#throttle;
  }

  #makeThrottle(ratePerSecond: number, wallAheadMs: number): Throttle {
    const abort = new AbortController();
    const limit = Math.max(1, Math.ceil((ratePerSecond * SHORTEST_TIMER_MS) / 1000));
    const interval = (1000 * limit) / ratePerSecond;
    const pass = pThrottle({ limit, interval, signal: abort.signal })(async () => {});
    if (this.#clock.nowMs() - this.#lastPermitMs < interval) {
      // The permit before was the new pace's first; else a change of rate would give one away.
      void pass();
    }
    return { pass, ratePerSecond, abort, wallAheadMs };
  }
}
