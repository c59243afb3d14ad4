/**
 * Unix milliseconds that only run forward: the wall clock is read once, and from then on the monotonic clock
 * counts, so that a jump of the wall clock neither ends a wait early nor keeps it for ever.
 */
export class MonotonicClock {
  readonly #anchorMs: number = Date.now() - performance.now();
  #reachedMs = 0;

  nowMs(): number {
    this.#reachedMs = Math.max(this.#reachedMs, this.#anchorMs + performance.now());
    return this.#reachedMs;
  }

  /**
   * Says that a timer which was set for this moment has fired. It matters where a test fakes the timers and
   * not `performance.now()`: there the timers are what time is.
   */
  reach(atMs: number): void {
    this.#reachedMs = Math.max(this.#reachedMs, atMs);
  }
}
