import type { Expectation } from "./expectation.ts";

// Two seconds: what a task is taken to have behind it when it has only just begun, so that the first gap is
// not nought.
const HEAD_START = 2;

/**
 * All that a task's age alone can tell: `P(T > r) = X / (X + r)` with `X = age + 2 s`. A task that has run
 * for an hour is as likely to run another hour as one of a minute is to run another minute, whatever its kind.
 *
 * `A(s)` is the integral of `F(r) = r / (X + r)` from 0 to `s`, so `A(s) = s - X ln(1 + s / X)`: about
 * `s² / 2X` for small `s`, which makes the gap grow with the square root of the age.
 *
 * @param age - Seconds since the task began, as far as known.
 */
export function ageExpectation(age: number): Expectation {
  const x = Math.max(0, age) + HEAD_START;
  return {
    unnoticed: (s) => s - x * Math.log1p(s / x),
    ended: (s) => s / (x + s),
  };
}
