/** When a task is predicted to end, in seconds from the poll. */
export interface EndPrediction {
  readonly remaining: number;
  /** The uncertainty of that, as the scale of a logistic distribution. */
  readonly scale: number;
}

/** The last tenth of the run counts as recent. */
export const RECENT_FROM = 0.9;
export const MIN_SCALE_S = 0.05;
export const MIN_SCALE_SHARE = 0.02;
export const DRIFT_WEIGHT = 0.3;
/** The shortest gap between two polls, in seconds: nothing is divided by 0. */
export const MIN_GAP_S = 0.001;

/** The drift of a predicted end that has never moved yet: as a random walk that goes as far as what remains. */
export function firstDrift(remaining: number): number {
  return Math.max(remaining, MIN_GAP_S);
}

/**
 * The drift of a predicted end, its variance in s² per second, after it moved once more: averaged over the last tenth of
 * the run.
 *
 * @param movedS - How far it moved, in seconds.
 * @param gapS - Since the poll before, in seconds, more than 0.
 * @param ranS - How long the task has run, in seconds.
 */
export function driftAfter(driftVariance: number, movedS: number, gapS: number, ranS: number): number {
  const latest = movedS ** 2 / gapS;
  return driftVariance + Math.min(1, gapS / ((1 - RECENT_FROM) * ranS)) * (latest - driftVariance);
}

/** The greatest common divisor of two values, rounded; at least 1. */
export function commonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(Math.round(a)), Math.abs(Math.round(b))];
  while (y > 0) {
    [x, y] = [y, x % y];
  }
  return Math.max(1, x);
}
