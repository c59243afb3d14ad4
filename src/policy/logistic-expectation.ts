import type { Expectation } from "./expectation.ts";

// Below this the conditioned logistic and its exponential tail are the same number in double precision.
const TAIL = 1e-12;

/**
 * A remaining run time that is expected around `center`, give or take `scale`: a logistic distribution,
 * conditioned on being positive because the task is known to run still.
 *
 * With `F0 = expit(-center / scale)`, what the unconditioned distribution had before now,
 * `A(s) = (scale (softplus((s - center) / scale) - softplus(-center / scale)) - s F0) / (1 - F0)`.
 * When `center` is past (`c = 1 - F0 < 1/2`), the same is written as `s + scale ln(1 + c (e^-u - 1)) / c`
 * with `u = s / scale`, where nothing cancels; its limit far past is the exponential tail
 * `s - scale (1 - e^-u)`.
 *
 * @param center - Seconds from now; negative when the end is overdue.
 * @param scale - Seconds, more than 0.
 */
export function logisticExpectation(center: number, scale: number): Expectation {
  const b = center / scale;
  return b > 0 ? aheadOf(b, scale) : past(expit(b), scale);
}

function aheadOf(b: number, scale: number): Expectation {
  const before = expit(-b);
  const softplusBefore = Math.log1p(Math.exp(-b));
  return {
    unnoticed: (s) => {
      const u = s / scale;
      return Math.max(0, (scale * (softplus(u - b) - softplusBefore - u * before)) / (1 - before));
    },
    ended: (s) => Math.max(0, (expit(s / scale - b) - before) / (1 - before)),
  };
}

function past(c: number, scale: number): Expectation {
  return {
    unnoticed: (s) => {
      const passed = Math.expm1(-s / scale);
      return Math.max(0, s + scale * (c < TAIL ? passed : Math.log1p(c * passed) / c));
    },
    ended: (s) => {
      const passed = Math.expm1(-s / scale);
      return (-passed / (1 + c * passed)) * (1 - c);
    },
  };
}

/** `1 / (1 + e^-x)`. */
export function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `ln(1 + e^x)`, without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}
