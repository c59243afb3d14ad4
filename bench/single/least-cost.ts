import type { DurationModel } from "./durations.ts";

/** What a schedule gives on average. */
export interface ScheduleValue {
  readonly calls: number;
  /** In seconds, without the time of the call itself. */
  readonly lateness: number;
}

const POINTS = 8000;
const TAIL = 1e-6;

/**
 * The best schedule for a known distribution that sees nothing but "not yet": the bound. Polls at times of a
 * grid, chosen by dynamic programming so that `price x calls + lateness` is least.
 *
 * `W(i) = min over j > i of price S(i) + integral from t(i) to t(j) of (t(j) - x) f(x) dx + W(j)`, unconditional, where
 * the integral is `(t(j) - t(i)) F-mass below j` by parts: `G(j) - G(i) - (t(j) - t(i)) F(i)` with `G` the
 * integral of `F`.
 */
export function leastCost(model: DurationModel, price: number): ScheduleValue {
  const times = grid(model);
  const last = times.length - 1;
  const ended = times.map((t) => model.cdf(t));
  const integral = new Array<number>(times.length).fill(0);
  for (let i = 1; i <= last; i++) {
    integral[i] =
      at(integral, i - 1) + ((at(ended, i) + at(ended, i - 1)) / 2) * (at(times, i) - at(times, i - 1));
  }
  const cost = new Array<number>(times.length).fill(0);
  const next = new Array<number>(times.length).fill(last);
  for (let i = last - 1; i >= 0; i--) {
    let best = Number.POSITIVE_INFINITY;
    const base = price * (1 - at(ended, i)) - at(integral, i);
    for (let j = i + 1; j <= last; j++) {
      const unnoticed = at(integral, j) - (at(times, j) - at(times, i)) * at(ended, i);
      const whole = base + unnoticed + at(cost, j);
      if (whole < best) {
        best = whole;
        next[i] = j;
      }
      if (unnoticed - at(integral, i) > best - base) {
        break;
      }
    }
    cost[i] = best;
  }
  let [calls, lateness] = [0, 0];
  for (let i = 0; i < last; i = at(next, i)) {
    const j = at(next, i);
    calls += 1 - at(ended, i);
    lateness += at(integral, j) - at(integral, i) - (at(times, j) - at(times, i)) * at(ended, i);
  }
  return { calls, lateness };
}

/** From 0 to where nearly all have ended: even in log time, and as even in probability. */
function grid(model: DurationModel): number[] {
  const [low, high] = [model.quantile(1e-4) / 4, model.quantile(1 - TAIL)];
  const even = Array.from({ length: POINTS / 2 }, (_, i) => low * (high / low) ** (i / (POINTS / 2 - 1)));
  const likely = Array.from({ length: POINTS / 2 }, (_, i) => model.quantile((i + 0.5) / (POINTS / 2)));
  return [0, ...new Set([...even, ...likely].sort((a, b) => a - b))];
}

function at(values: readonly number[], index: number): number {
  return values[index] as number;
}
