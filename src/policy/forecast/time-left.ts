/** How long a task is expected to run on, as earlier ones of its type did. In seconds. */
export interface TimeLeft {
  /** Half of those that ran as long as this one had no more left. */
  readonly median: number;
  /** Four in five end within this span; absent when too few ran as long. */
  readonly span?: readonly [earliest: number, latest: number] | undefined;
  /** How many earlier tasks ran as long as this one. */
  readonly runs: number;
}

// With fewer than that nothing is promised.
const MIN_RUNS = 5;
const TAIL = 0.1;

/**
 * The time left of a task of this age. Of `n` earlier run times the next one is equally likely to fall into any of the
 * `n + 1` gaps between them, so the one at rank `q (n + 1)` is not reached with chance `q`, whatever their distribution.
 * Run times that the task has outlived do not count.
 */
export function timeLeft(durations: readonly number[], age: number): TimeLeft | undefined {
  const sorted = sortedOf(durations);
  const outlived = sorted.findIndex((duration) => duration > age);
  const runs = outlived < 0 ? 0 : sorted.length - outlived;
  if (runs < MIN_RUNS) {
    return undefined;
  }
  const quantile = (q: number): number => atRank(sorted, outlived + q * (runs + 1)) - age;
  const median = quantile(1 / 2);
  return TAIL * (runs + 1) < 1
    ? { median, runs }
    : { median, runs, span: [quantile(TAIL), quantile(1 - TAIL)] };
}

/** The value at a rank from 1, between two of them where it is not whole. */
function atRank(sorted: Float64Array, rank: number): number {
  const low = sorted[Math.floor(rank) - 1] as number;
  const high = sorted[Math.min(sorted.length, Math.ceil(rank)) - 1] as number;
  return low + (rank - Math.floor(rank)) * (high - low);
}

// Asked at every decision, but run times change only when a task ends, and then the array is a new one.
const cache = new WeakMap<readonly number[], Float64Array>();

function sortedOf(durations: readonly number[]): Float64Array {
  let sorted = cache.get(durations);
  if (sorted === undefined) {
    sorted = Float64Array.from(durations).sort();
    cache.set(durations, sorted);
  }
  return sorted;
}
