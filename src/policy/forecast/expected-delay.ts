import type { EndPrediction } from "./end-prediction.ts";

/** What is expected at a time after the last poll, in seconds, of a task's remaining run time `T`. */
export interface Expected {
  /** `A(s) = E[(s - T)+]`: for how long the task has ended, unnoticed, at `s`. Convex and increasing. */
  readonly unnoticed: number;
  /** `F(s) = P(T <= s)`, the slope of `A`. */
  readonly ended: number;
}

/** What is expected of a task's remaining run time. */
export interface Expectation {
  /**
   * What is expected `s` seconds after the last poll. The answer holds until the next call, which may return the
   * same object: one decision asks about twenty times, and each new object costs memory.
   */
  at(s: number): Expected;
}

/** An {@link Expectation} that bounds the gap for a price. */
export interface SearchableExpectation extends Expectation {
  /** A guess at the gap. */
  near(price: number): number;
  /** A time at which the expected unnoticed wait is at least the price. */
  beyond(price: number): number;
}

const MAX_NEWTON_STEPS = 64;
const RELATIVE_PRECISION = 1e-6;

/**
 * The gap `s` at which the expected unnoticed wait reaches the price: `A(s) = price`.
 *
 * `A` is convex and increasing and starts at 0. A step of Newton's method from left of the root ends right of it,
 * perhaps far. The steps from there approach the root and never pass it.
 *
 * @param expectation - Of the remaining run time, in seconds.
 * @param price - In seconds, more than 0.
 * @returns Seconds since the last poll.
 */
export function gapForPrice(expectation: SearchableExpectation, price: number): number {
  const beyond = expectation.beyond(price);
  let s = Math.min(beyond, expectation.near(price));
  for (let step = 0; step < MAX_NEWTON_STEPS; step++) {
    const { unnoticed, ended } = expectation.at(s);
    const excess = unnoticed - price;
    if (Math.abs(excess) <= price * RELATIVE_PRECISION) {
      break;
    }
    s = Math.min(beyond, s - excess / ended);
  }
  return s;
}

/** Seconds added to every age, so that the first gap of a task that has just begun is not 0. */
export const HEAD_START = 2;

/**
 * What a task's age alone tells: `P(T > r) = X / (X + r)` with `X = age + 2 s`. A task that has run for an hour
 * is as likely to run another hour as a task that has run for a minute is to run another minute.
 *
 * `A(s)` is the integral of `F(r) = r / (X + r)` from 0 to `s`, so `A(s) = s - X ln(1 + s / X)`: about
 * `s² / 2X` for small `s`, which makes the gap grow with the square root of the age.
 *
 * @param age - Seconds since the task began, as far as known; 0 or more.
 * @param s - Seconds since the last poll.
 */
export function unnoticedByAge(age: number, s: number): number {
  const x = age + HEAD_START;
  return s - x * Math.log1p(s / x);
}

/** The chance that a task of this age ends within `s` seconds, by its age alone. */
export function endedByAge(age: number, s: number): number {
  return s / (age + HEAD_START + s);
}

/**
 * A gap at which {@link unnoticedByAge} is the price or slightly more: `A(s) >= s² / 2 (X + s)` solved for `s`. Both
 * sides start at 0, and the slope of the left side is never less.
 */
export function gapByAge(age: number, price: number): number {
  return price + Math.sqrt(price * price + 2 * price * (age + HEAD_START));
}

// Below this share the conditioned logistic and its exponential tail are the same number in double precision.
const MIN_SHARE_AHEAD = 1e-12;

/**
 * What is expected of a remaining run time of about `remaining` seconds (negative when the end is overdue), give or
 * take `scale`: a logistic distribution, conditioned on being positive because the task still runs.
 *
 * With `F0 = expit(-remaining / scale)`, the share of the unconditioned distribution before now,
 * `A(s) = (scale (softplus((s - remaining) / scale) - softplus(-remaining / scale)) - s F0) / (1 - F0)`.
 * When `remaining` is past (`c = 1 - F0 < 1/2`), the same is written as `s + scale ln(1 + c (e^-u - 1)) / c`
 * with `u = s / scale`, where nothing cancels; its limit far past is the exponential tail `s - scale (1 - e^-u)`.
 * `F(s) = (expit((s - remaining) / scale) - F0) / (1 - F0)` is a product in which nothing cancels.
 *
 * @param s - Seconds from now.
 * @param into - Receives the answer: a new object at every step of a search costs memory.
 */
export function expectAround(
  { remaining, scale }: EndPrediction,
  s: number,
  into: { -readonly [K in keyof Expected]: Expected[K] },
): void {
  const b = remaining / scale;
  const u = s / scale;
  const c = expit(b);
  const passed = Math.expm1(-u);
  const unnoticed =
    b > 0
      ? (scale * (softplus(u - b) - softplus(-b) - u * (1 - c))) / c
      : s + scale * (c < MIN_SHARE_AHEAD ? passed : Math.log1p(c * passed) / c);
  into.unnoticed = Math.max(0, unnoticed);
  into.ended = -passed * expit(u - b);
}

/** `1 / (1 + e^-x)`. */
function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `ln(1 + e^x)`, without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}
