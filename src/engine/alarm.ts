import type { SteadyClock } from "./steady-clock.ts";

// setTimeout counts in 31 bits.
const LONGEST_TIMER_MS = 2 ** 31 - 1;
// A timer may fire up to about this much before the monotonic clock says so.
const TIMER_GRAIN_MS = 2;

/** The one timer of a waiter: rings at the moment it was last set to, never before. */
export class Alarm {
  readonly #clock: SteadyClock;
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #atMs: number | undefined;

  constructor(clock: SteadyClock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `atMs`, and at no moment that was set before; `undefined` switches off. */
  set(atMs: number | undefined): void {
    if (atMs === this.#atMs) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#atMs = atMs;
    if (atMs !== undefined) {
      this.#arm(atMs, false);
    }
  }

  #arm(atMs: number, isSecondTry: boolean): void {
    const leftMs = Math.max(0, Math.ceil(atMs - this.#clock.nowMs()));
    const delayMs = Math.min(leftMs, LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#fire(atMs, leftMs > delayMs, isSecondTry), delayMs);
  }

  #fire(atMs: number, isHalfway: boolean, isSecondTry: boolean): void {
    const earlyMs = atMs - this.#clock.nowMs();
    if (earlyMs > 0 && (isHalfway || (earlyMs < TIMER_GRAIN_MS && !isSecondTry))) {
      this.#arm(atMs, !isHalfway);
      return;
    }
    this.#timer = undefined;
    this.#atMs = undefined;
    this.#clock.reach(atMs);
    this.#ring();
  }
}
