import type { WaitCost } from "./decide-driver.ts";
import type { ProgressName } from "./progress-models.ts";

/** What kind of knowledge a wait had of its type: none, or 50 earlier waits. */
export type Knowledge = "first" | "known";

/** What somebody's waits on one workload cost, on average. */
export interface Measurement {
  /** The duration model. */
  readonly model: string;
  /** A rival's name, `"ours"`, or `"bound"`. */
  readonly who: string;
  readonly progress: ProgressName;
  readonly knowledge: Knowledge;
  /** Empty, or the clock trouble that the workload has. */
  readonly trouble: string;
  /** Seconds; of ours and of the bound. */
  readonly price?: number;
  readonly calls: number;
  /** Seconds, mean. */
  readonly lateness: number;
  readonly p50: number;
  readonly p99: number;
  /** The mean of lateness over duration. */
  readonly relative: number;
}

/** Averages the waits of one workload. */
export function summarize(
  costs: readonly WaitCost[],
  labels: Pick<Measurement, "model" | "who" | "progress" | "knowledge" | "trouble" | "price">,
): Measurement {
  const late = costs.map(({ lateness }) => lateness).sort((a, b) => a - b);
  return {
    ...labels,
    calls: mean(costs.map(({ calls }) => calls)),
    lateness: mean(late),
    p50: percentile(late, 0.5),
    p99: percentile(late, 0.99),
    relative: mean(costs.map(({ lateness, duration }) => lateness / duration)),
  };
}

/** What the waits cost at a price of a call, in seconds. */
export function costAt(price: number, { calls, lateness }: Pick<Measurement, "calls" | "lateness">): number {
  return price * calls + lateness;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map((value) => Math.log(value))));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
