import type { TypeHistory } from "./history.ts";
import { expit, logisticExpectation } from "./logistic-expectation.ts";
import type { WeightedExpectation } from "./mixture-expectation.ts";

const MOST_KERNELS = 16;
const NARROWEST = 0.03;
// Of log run times, while there are too few to tell their spread.
const FEWEST_FOR_SPREAD = 4;
const LIKELY_SPREAD = 0.5;
const BANDWIDTH = 0.5;
const MOST_WEIGHT = 0.95;
const HEAD_START = 2;
const LEAST_SURVIVAL = 0.1;

/** What history expects of a task, and how much it is believed against what the age alone tells. */
export interface HistoryView {
  readonly weight: number;
  readonly parts: readonly WeightedExpectation[];
}

/**
 * The run times of earlier tasks of the type, each blurred into a logistic whose width is proportional to it
 * and shrinks as `n^-0.2`, as a kernel estimate's should; those that this task has outlived count no more.
 *
 * History is believed as `n / (n + 1)` at first, and by Bayes' rule less when a task outlives what history
 * expected and the age rule did not.
 *
 * @param age - Seconds that the task has run.
 */
export function historyView(known: TypeHistory | undefined, age: number): HistoryView {
  const durations = known?.durations ?? [];
  const n = durations.length;
  if (n === 0) {
    return { weight: 0, parts: [] };
  }
  const width = kernelWidth(durations);
  const kernels =
    durations.length <= MOST_KERNELS ? durations : thinned([...durations].sort((a, b) => a - b));
  const alive = kernels.map((d) => expit((d - age) / (width * d)));
  const total = alive.reduce((sum, share) => sum + share, 0);
  if (total < 1e-9) {
    return { weight: 0, parts: [] };
  }
  const parts = kernels
    .map((d, i) => ({
      weight: (alive[i] as number) / total,
      expectation: logisticExpectation(d - age, width * d),
    }))
    .filter(({ weight }) => weight > 1e-3);
  const prior = Math.min(MOST_WEIGHT, n / (n + 1));
  const survived = total / kernels.length;
  const other = Math.max(LEAST_SURVIVAL, Math.sqrt(HEAD_START / (age + HEAD_START)));
  const weight = (prior * survived) / (prior * survived + (1 - prior) * other);
  return { weight, parts };
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
