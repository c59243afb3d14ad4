import type { Expected } from "./expected-delay.ts";

const MAX_KERNELS = 16;
const MIN_RELATIVE_WIDTH = 0.03;
// The spread of log run times that is assumed while there are few.
const MIN_FOR_SPREAD = 4;
const ASSUMED_SPREAD = 0.5;
const BANDWIDTH = 0.5;

/**
 * The distribution of the run times of a type: a kernel estimate. Each run time becomes a logistic whose width is
 * proportional to it and shrinks as `n^-0.2`.
 *
 * Its answers count only tasks that still run at some age, and are not divided by their share: with `D` the run time
 * and `a` the age, `E[(a + s - D)+; D > a]` and `P(a < D <= a + s)`.
 */
export class RunTimes implements Expected {
  unnoticed: number = Number.NaN;
  ended: number = Number.NaN;
  readonly #centers: Float64Array;
  readonly #scales: Float64Array;

  /** @param durations - In seconds, at least one. */
  constructor(durations: readonly number[]) {
    const width = kernelWidth(durations);
    const centers =
      durations.length <= MAX_KERNELS ? durations : thinned(durations.toSorted((a, b) => a - b));
    this.#centers = Float64Array.from(centers);
    this.#scales = this.#centers.map((d) => width * d);
  }

  /**
   * Of the tasks that still run at an age: what is expected `s` seconds later. The difference that these seconds make
   * is computed kernel by kernel, because differences of the large totals would lose precision.
   */
  since(age: number, s: number): Expected {
    let unnoticed = 0;
    let ended = 0;
    for (let i = 0; i < this.#centers.length; i++) {
      const scale = this.#scales[i] as number;
      const b = ((this.#centers[i] as number) - age) / scale;
      const u = s / scale;
      const passed = Math.expm1(-u);
      const now = Math.exp(-Math.abs(b));
      const later = Math.exp(-Math.abs(u - b));
      const c = (b > 0 ? 1 : now) / (1 + now);
      const grown =
        b > 0
          ? Math.max(0, u - b) + Math.log1p(later) - Math.log1p(now) - (u * now) / (1 + now)
          : c * u + Math.log1p(c * passed);
      unnoticed += scale * Math.max(0, grown);
      ended -= (passed * c * (u > b ? 1 : later)) / (1 + later);
    }
    this.unnoticed = unnoticed / this.#centers.length;
    this.ended = ended / this.#centers.length;
    return this;
  }
}

// Needed in every decision, but run times change only when a task ends, and then the array is a new one.
const cache = new WeakMap<readonly number[], RunTimes>();

/** The {@link RunTimes} of these durations; undefined when there are none. */
export function runTimesOf(durations: readonly number[] | undefined): RunTimes | undefined {
  if (durations === undefined || durations.length === 0) {
    return undefined;
  }
  let runTimes = cache.get(durations);
  if (runTimes === undefined) {
    runTimes = new RunTimes(durations);
    cache.set(durations, runTimes);
  }
  return runTimes;
}

function kernelWidth(durations: readonly number[]): number {
  const n = durations.length;
  const logs = durations.map((d) => Math.log(d));
  const mean = logs.reduce((sum, x) => sum + x, 0) / n;
  const spread = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, n - 1));
  const assumed = n < MIN_FOR_SPREAD ? Math.max(ASSUMED_SPREAD, spread) : spread;
  return Math.max(MIN_RELATIVE_WIDTH, BANDWIDTH * assumed * n ** -0.2);
}

/** Chosen at even distances, so that the distribution stays the same. */
function thinned(sorted: readonly number[]): number[] {
  return Array.from(
    { length: MAX_KERNELS },
    (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / MAX_KERNELS)] as number,
  );
}
