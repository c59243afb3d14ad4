/** Seconds that a task is taken to have behind it when it has only just begun, so that the first gap is not nought. */
export const HEAD_START = 2;

/**
 * All that a task's age alone can tell: `P(T > r) = X / (X + r)` with `X = age + 2 s`. A task that has run
 * for an hour is as likely to run another hour as one of a minute is to run another minute, whatever its kind.
 *
 * `A(s)` is the integral of `F(r) = r / (X + r)` from 0 to `s`, so `A(s) = s - X ln(1 + s / X)`: about
 * `s² / 2X` for small `s`, which makes the gap grow with the square root of the age.
 *
 * @param age - Seconds since the task began, as far as known; 0 or more.
 * @param s - Seconds since the last look.
 */
export function unnoticedByAge(age: number, s: number): number {
  const x = age + HEAD_START;
  return s - x * Math.log1p(s / x);
}

/** The chance that a task of this age has ended after `s` more seconds, by its age alone. */
export function endedByAge(age: number, s: number): number {
  return s / (age + HEAD_START + s);
}

/**
 * A gap at which {@link unnoticedByAge} is at least the price, and hardly more: `A(s) >= s² / 2 (X + s)`, as both
 * start at 0 and the left one's slope is never less. Solved for `s`.
 */
export function gapByAge(age: number, price: number): number {
  return price + Math.sqrt(price * price + 2 * price * (age + HEAD_START));
}
