/**
 * What is expected of a task's remaining run time `T`, in seconds from the last look, as two functions of the
 * time `s` since then.
 */
export interface Expectation {
  /** `A(s) = E[(s - T)+]`: how long the task will have been over, unnoticed, at `s`. Convex and increasing. */
  unnoticed(s: number): number;
  /** `F(s) = P(T <= s)`, the slope of `A`. */
  ended(s: number): number;
}

const MAX_STEPS = 64;

/**
 * The gap `s` at which the expected unnoticed wait reaches the price: `A(s) = price`.
 *
 * `A` is convex and increasing and starts at 0, so Newton's method from any point right of the root runs down
 * to it without overshooting. Far right, `A(s)` grows like `s`, so a start is found by fourfold steps.
 *
 * @param expectation - Of the remaining run time, in seconds.
 * @param price - In seconds, more than 0.
 * @returns Seconds since the last look.
 */
export function gapForPrice(expectation: Expectation, price: number): number {
  let s = 2 * price;
  let excess = expectation.unnoticed(s) - price;
  for (let step = 0; step < MAX_STEPS && excess < 0; step++) {
    s *= 4;
    excess = expectation.unnoticed(s) - price;
  }
  for (let step = 0; step < MAX_STEPS && excess > price * 1e-9; step++) {
    const slope = expectation.ended(s);
    if (slope <= 0) {
      break;
    }
    s -= excess / slope;
    excess = expectation.unnoticed(s) - price;
  }
  return s;
}
