import type { MonotonicClock } from "./monotonic-clock.ts";
import { LATE_MS, MAX_TIMER_MS } from "./timer.ts";

// A timer may fire up to about this much before the monotonic clock says so.
const TIMER_GRAIN_MS = 2;

/**
 * The one timer of a waiter: fires at the moment it was last set to, never before. When that moves away the
 * timer is left as it is and armed again when it fires, because it moves with every poll.
 */
export class RearmableTimer {
  readonly #clock: MonotonicClock;
  readonly #onFire: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #armedForMs = Number.POSITIVE_INFINITY;
  #atMs: number | undefined;

  constructor(clock: MonotonicClock, onFire: () => void) {
    this.#clock = clock;
    this.#onFire = onFire;
  }

  /** Fires at `atMs`, and at no moment that was set before; `undefined` switches off. */
  set(atMs: number | undefined): void {
    this.#atMs = atMs;
    if (atMs === undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#armedForMs = Number.POSITIVE_INFINITY;
    } else if (atMs < this.#armedForMs) {
      clearTimeout(this.#timer);
      this.#arm(atMs, false);
    }
  }

  #arm(atMs: number, isSecondTry: boolean): void {
    this.#armedForMs = atMs;
    const leftMs = Math.max(0, Math.ceil(atMs - this.#clock.nowMs()));
    const delayMs = Math.min(leftMs, MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#fire(atMs, leftMs > delayMs, isSecondTry), delayMs);
  }

  #fire(armedForMs: number, isHalfway: boolean, isSecondTry: boolean): void {
    const earlyMs = armedForMs - this.#clock.nowMs();
    if (earlyMs > 0 && (isHalfway || (earlyMs < TIMER_GRAIN_MS && !isSecondTry))) {
      this.#arm(armedForMs, !isHalfway);
      return;
    }
    if (earlyMs < -LATE_MS) {
      this.#timer = setTimeout(() => this.#reach(armedForMs), 0);
    } else {
      this.#reach(armedForMs);
    }
  }

  #reach(armedForMs: number): void {
    this.#timer = undefined;
    this.#armedForMs = Number.POSITIVE_INFINITY;
    this.#clock.reach(armedForMs);
    const atMs = this.#atMs;
    if (atMs !== undefined && atMs > this.#clock.nowMs()) {
      this.#arm(atMs, false);
      return;
    }
    this.#atMs = undefined;
    this.#onFire();
  }
}
