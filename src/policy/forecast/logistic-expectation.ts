import type { Expected } from "./expected-delay.ts";
import type { ProgressPrediction } from "./progress-extrapolation.ts";

// Below this the conditioned logistic and its exponential tail are the same number in double precision.
const TAIL = 1e-12;

/**
 * What is expected of a remaining run time around `remaining` seconds from now, negative when the end is overdue, give
 * or take `scale`: a logistic distribution, conditioned on being positive because the task is known to run still.
 *
 * With `F0 = expit(-remaining / scale)`, what the unconditioned distribution had before now,
 * `A(s) = (scale (softplus((s - remaining) / scale) - softplus(-remaining / scale)) - s F0) / (1 - F0)`.
 * When `remaining` is past (`c = 1 - F0 < 1/2`), the same is written as `s + scale ln(1 + c (e^-u - 1)) / c`
 * with `u = s / scale`, where nothing cancels; its limit far past is the exponential tail `s - scale (1 - e^-u)`.
 * `F(s) = (expit((s - remaining) / scale) - F0) / (1 - F0)` is a product in which nothing cancels.
 *
 * @param s - Seconds from now.
 * @param into - Takes the answer: two numbers that are handed back cost memory at every step of a search.
 */
export function expectAround(
  { remaining, scale }: ProgressPrediction,
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
      : s + scale * (c < TAIL ? passed : Math.log1p(c * passed) / c);
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
