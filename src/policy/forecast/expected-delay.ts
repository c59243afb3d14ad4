/** What is expected at a time after the last look, in seconds, of a task's remaining run time `T`. */
export interface Expected {
  /** `A(s) = E[(s - T)+]`: how long the task will have been over, unnoticed, at `s`. Convex and increasing. */
  readonly unnoticed: number;
  /** `F(s) = P(T <= s)`, the slope of `A`. */
  readonly ended: number;
}

/** What is expected of a task's remaining run time. */
export interface Expectation {
  /**
   * What is expected `s` seconds after the last look. The answer holds until the next question: it may be the one
   * object every time, because a decision asks about twenty times, and numbers that are handed around cost memory.
   */
  at(s: number): Expected;
}

/** An {@link Expectation} that knows where to look for the gap for a price. */
export interface SearchableExpectation extends Expectation {
  /** A guess at the gap. */
  near(price: number): number;
  /** A time at which the expected unnoticed wait is surely the price or more. */
  beyond(price: number): number;
}

const MAX_STEPS = 64;
const PRECISION = 1e-6;

/**
 * The gap `s` at which the expected unnoticed wait reaches the price: `A(s) = price`.
 *
 * `A` is convex and increasing and starts at 0. So a step of Newton's method from left of the root ends right of
 * it, if perhaps far, and from there they run down to it without overshooting.
 *
 * @param expectation - Of the remaining run time, in seconds.
 * @param price - In seconds, more than 0.
 * @returns Seconds since the last look.
 */
export function gapForPrice(expectation: SearchableExpectation, price: number): number {
  const beyond = expectation.beyond(price);
  let s = Math.min(beyond, expectation.near(price));
  for (let step = 0; step < MAX_STEPS; step++) {
    const { unnoticed, ended } = expectation.at(s);
    const excess = unnoticed - price;
    if (Math.abs(excess) <= price * PRECISION) {
      break;
    }
    s = Math.min(beyond, s - excess / ended);
  }
  return s;
}
