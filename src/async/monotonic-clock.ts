// Less is the grain of the two clocks, and slow adjustment.
const MIN_WALL_JUMP_MS = 500;

/**
 * Unix milliseconds that only run forward: the wall clock is read once, and from then on the monotonic clock
 * counts, so that a jump of the wall clock neither ends a wait early nor keeps it without end.
 */
export class MonotonicClock {
  readonly #anchorMs: number = Date.now() - performance.now();
  #reachedMs = 0;

  nowMs(): number {
    this.#reachedMs = Math.max(this.#reachedMs, this.#anchorMs + performance.now());
    return this.#reachedMs;
  }

  /** How far the wall clock is ahead now, in milliseconds: 0 until it is set. */
  get wallAheadMs(): number {
    const aheadMs = Date.now() - this.nowMs();
    return Math.abs(aheadMs) < MIN_WALL_JUMP_MS ? 0 : aheadMs;
  }

  /**
   * Says that a timer which was set for this moment has fired. It matters where a test fakes the timers and
   * not `performance.now()`: there the timers are what time is.
   */
  reach(atMs: number): void {
    this.#reachedMs = Math.max(this.#reachedMs, atMs);
  }
}
