/** A distribution of run times, in seconds. */
export interface DurationModel {
  readonly name: string;
  /** The run time that a share `u` of all tasks does not reach. */
  quantile(u: number): number;
  /** The share of tasks that end by `seconds`. */
  cdf(seconds: number): number;
}

const HOUR = 3600;

/** The suite that all geometric means are over. */
export const DURATION_MODELS: readonly DurationModel[] = [
  ...[10, 120, 1800].flatMap((median) => [0.5, 1, 1.5].map((sigma) => lognormal(median, sigma))),
  ...[10, 120, 1800].map(exponential),
  bimodal(),
  pareto(5, 1.2, HOUR),
];

function lognormal(median: number, sigma: number): DurationModel {
  return {
    name: `LN(${median},${sigma})`,
    quantile: (u) => median * Math.exp(sigma * normalQuantile(u)),
    cdf: (seconds) => (seconds <= 0 ? 0 : normalCdf(Math.log(seconds / median) / sigma)),
  };
}

function exponential(mean: number): DurationModel {
  return {
    name: `Exp(${mean})`,
    quantile: (u) => -mean * Math.log1p(-u),
    cdf: (seconds) => (seconds <= 0 ? 0 : -Math.expm1(-seconds / mean)),
  };
}

/** Four in five find nothing to do, the fifth works for ten minutes. */
function bimodal(): DurationModel {
  const short = lognormal(15, 0.3);
  const long = lognormal(600, 0.5);
  const share = 0.8;
  return {
    name: "15|600",
    quantile: (u) => (u < share ? short.quantile(u / share) : long.quantile((u - share) / (1 - share))),
    cdf: (seconds) => share * short.cdf(seconds) + (1 - share) * long.cdf(seconds),
  };
}

function pareto(least: number, exponent: number, most: number): DurationModel {
  return {
    name: `Pareto(${least},${exponent})`,
    quantile: (u) => Math.min(most, least * (1 - u) ** (-1 / exponent)),
    cdf: (seconds) => (seconds < least ? 0 : seconds >= most ? 1 : 1 - (seconds / least) ** -exponent),
  };
}

/** Abramowitz and Stegun 7.1.26: absolute error below 1.5e-7. */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (poly * Math.exp(-z * z)) / 2;
  return x > 0 ? 1 - tail : tail;
}

/** The inverse of {@link normalCdf}, by bisection: exact enough, and always consistent with it. */
function normalQuantile(u: number): number {
  let [low, high] = [-8, 8];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < u) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (low + high) / 2;
}
