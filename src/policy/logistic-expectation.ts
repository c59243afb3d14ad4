import type { ProgressPrediction } from "./progress-track.ts";

// Below this the conditioned logistic and its exponential tail are the same number in double precision.
const TAIL = 1e-12;

/**
 * `A(s) = E[(s - T)+]` of a remaining run time that is expected around `center`, give or take `scale`: a logistic
 * distribution, conditioned on being positive because the task is known to run still.
 *
 * With `F0 = expit(-center / scale)`, what the unconditioned distribution had before now,
 * `A(s) = (scale (softplus((s - center) / scale) - softplus(-center / scale)) - s F0) / (1 - F0)`.
 * When `center` is past (`c = 1 - F0 < 1/2`), the same is written as `s + scale ln(1 + c (e^-u - 1)) / c`
 * with `u = s / scale`, where nothing cancels; its limit far past is the exponential tail
 * `s - scale (1 - e^-u)`.
 *
 * @param around - The center, in seconds from now, negative when the end is overdue; and the scale, more than 0.
 * @param s - Seconds from now.
 */
export function unnoticedAround({ remaining: center, scale }: ProgressPrediction, s: number): number {
  const b = center / scale;
  const u = s / scale;
  const c = expit(b);
  if (b > 0) {
    return Math.max(0, (scale * (softplus(u - b) - softplus(-b) - u * (1 - c))) / c);
  }
  const passed = Math.expm1(-u);
  return Math.max(0, s + scale * (c < TAIL ? passed : Math.log1p(c * passed) / c));
}

/**
 * `F(s) = P(T <= s)` of the same, `(expit((s - center) / scale) - F0) / (1 - F0)`: which is this product, where
 * nothing cancels.
 */
export function endedAround({ remaining: center, scale }: ProgressPrediction, s: number): number {
  return -Math.expm1(-s / scale) * expit((s - center) / scale);
}

/** `1 / (1 + e^-x)`. */
export function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `ln(1 + e^x)`, without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}
