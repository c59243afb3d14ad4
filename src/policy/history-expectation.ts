import type { Expectation } from "./expectation.ts";
import type { TypeHistory } from "./history.ts";
import { expit, logisticMixture } from "./logistic-expectation.ts";

const MOST_KERNELS = 16;
const NARROWEST = 0.03;
// Of log run times, while there are too few to tell their spread.
const FEWEST_FOR_SPREAD = 4;
const LIKELY_SPREAD = 0.5;
const BANDWIDTH = 0.5;
const MOST_WEIGHT = 0.95;
const HEAD_START = 2;
const LEAST_SURVIVAL = 0.1;
const LEAST_WEIGHT = 1e-3;
const LEAST_ALIVE = 1e-9;

/** What history expects of a task, and how much it is believed against what the age alone tells. */
export interface HistoryView {
  readonly weight: number;
  readonly expectation: Expectation;
}

/**
 * The run times of earlier tasks of the type, each blurred into a logistic whose width is proportional to it
 * and shrinks as `n^-0.2`, as a kernel estimate's should; those that this task has outlived count no more.
 *
 * History is believed as `n / (n + 1)` at first, and by Bayes' rule less when a task outlives what history
 * expected and the age rule did not.
 *
 * @param age - Seconds that the task has run.
 * @returns Undefined when history has nothing to say of it.
 */
export function historyView(known: TypeHistory | undefined, age: number): HistoryView | undefined {
  if (known === undefined || known.durations.length === 0) {
    return undefined;
  }
  const { centers, scales } = kernelsOf(known.durations);
  const alive = centers.map((center, i) => expit((center - age) / (scales[i] as number)));
  const total = alive.reduce((sum, share) => sum + share, 0);
  if (total < LEAST_ALIVE) {
    return undefined;
  }
  const weights = alive.map((share) => (share > LEAST_WEIGHT * total ? share / total : 0));
  const n = known.durations.length;
  const prior = Math.min(MOST_WEIGHT, n / (n + 1));
  const survived = total / centers.length;
  const other = Math.max(LEAST_SURVIVAL, Math.sqrt(HEAD_START / (age + HEAD_START)));
  const weight = (prior * survived) / (prior * survived + (1 - prior) * other);
  return { weight, expectation: logisticMixture(centers, scales, weights, age) };
}

type Kernels = Readonly<Record<"centers" | "scales", readonly number[]>>;

// They change only when a task ends, and are needed in every decision. Whoever learns makes a new array.
const remembered = new WeakMap<readonly number[], Kernels>();

function kernelsOf(durations: readonly number[]): Kernels {
  let kernels = remembered.get(durations);
  if (kernels === undefined) {
    const width = kernelWidth(durations);
    const centers =
      durations.length <= MOST_KERNELS ? [...durations] : thinned(durations.toSorted((a, b) => a - b));
    kernels = { centers, scales: centers.map((d) => width * d) };
    remembered.set(durations, kernels);
  }
  return kernels;
}

function kernelWidth(durations: readonly number[]): number {
  const n = durations.length;
  const logs = durations.map((d) => Math.log(d));
  const mean = logs.reduce((sum, x) => sum + x, 0) / n;
  const spread = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, n - 1));
  const likely = n < FEWEST_FOR_SPREAD ? Math.max(LIKELY_SPREAD, spread) : spread;
  return Math.max(NARROWEST, BANDWIDTH * likely * n ** -0.2);
}

/** Evenly chosen, so that the thinned ones have the same distribution. */
function thinned(sorted: readonly number[]): number[] {
  return Array.from(
    { length: MOST_KERNELS },
    (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / MOST_KERNELS)] as number,
  );
}
