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
  return logisticMixture([center], [scale], [1], 0);
}

/**
 * Many of {@link logisticExpectation}, around `centers[i] - age`, each with its weight. Numbers in rows and not an
 * object each: history has sixteen of them in every decision.
 */
export function logisticMixture(
  centers: readonly number[],
  scales: readonly number[],
  weights: readonly number[],
  age: number,
): Expectation {
  return {
    unnoticed: (s) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        sum += at(weights, i) && at(weights, i) * unnoticed(s, at(centers, i) - age, at(scales, i));
      }
      return sum;
    },
    ended: (s) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        sum += at(weights, i) && at(weights, i) * ended(s, at(centers, i) - age, at(scales, i));
      }
      return sum;
    },
  };
}

function unnoticed(s: number, center: number, scale: number): number {
  const b = center / scale;
  const u = s / scale;
  if (b > 0) {
    const before = expit(-b);
    return Math.max(0, (scale * (softplus(u - b) - Math.log1p(Math.exp(-b)) - u * before)) / (1 - before));
  }
  const c = expit(b);
  const passed = Math.expm1(-u);
  return Math.max(0, s + scale * (c < TAIL ? passed : Math.log1p(c * passed) / c));
}

function ended(s: number, center: number, scale: number): number {
  const b = center / scale;
  if (b > 0) {
    const before = expit(-b);
    return Math.max(0, (expit(s / scale - b) - before) / (1 - before));
  }
  const c = expit(b);
  const passed = Math.expm1(-s / scale);
  return (-passed / (1 + c * passed)) * (1 - c);
}

/** `1 / (1 + e^-x)`. */
export function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `ln(1 + e^x)`, without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
