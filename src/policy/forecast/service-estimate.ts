import {
  commonDivisor,
  DRIFT_WEIGHT,
  driftAfter,
  type EndPrediction,
  firstDrift,
  MIN_GAP_S,
  MIN_SCALE_S,
  MIN_SCALE_SHARE,
} from "./end-prediction.ts";
import { endedByAge, expectAround } from "./expected-delay.ts";

/** What is kept of a service's estimates of a task's remaining time between two polls. Plain JSON. */
export interface EstimateTrack {
  /** The first estimate of the task, and the end that it named, in Unix milliseconds of this machine's clock. */
  readonly origin: { readonly atMs: number; readonly endAtMs: number };
  /** When the last poll was made. */
  readonly polledAtMs: number;
  /** The end that the last estimate named, in Unix milliseconds. */
  readonly endAtMs: number;
  /** The greatest common divisor of all estimates, in seconds: the size of a step. */
  readonly quantum: number;
  /** The drift of the named end: its variance in s² per second. */
  readonly driftVariance: number;
  /** Since when no time is left, in Unix milliseconds. */
  readonly overdueSinceMs?: number | undefined;
  /** How well the estimates expected that the task still runs: 0.01 to 1, which is as well as its age alone. */
  readonly fit: number;
  readonly prediction: EndPrediction;
}

/** From here estimates that become right can still recover. */
export const MIN_FIT = 0.01;
const MAX_REMAINING_S = 1e9;
// What the first estimates say of later ones bends a prediction by at most this factor.
const MAX_BEND = 2;

/**
 * The track after one more poll of a running task; undefined while the service has estimated nothing: it says 0 for a time
 * that it does not know.
 *
 * @param remaining - The estimate, in seconds.
 * @param startedAtMs - When the task began to run, in Unix milliseconds.
 */
export function trackEstimate(
  before: EstimateTrack | undefined,
  atMs: number,
  remaining: number,
  startedAtMs: number,
): EstimateTrack | undefined {
  const left = Math.min(MAX_REMAINING_S, Math.max(0, remaining));
  if (before === undefined && left === 0) {
    return undefined;
  }
  const endAtMs = atMs + 1000 * left;
  const origin = before?.origin ?? { atMs, endAtMs };
  const quantum = commonDivisor(before?.quantum ?? left, left);
  const overdueSinceMs = left > 0 ? undefined : (before?.overdueSinceMs ?? atMs);
  let driftVariance = firstDrift(left);
  let fit = 1;
  if (before !== undefined) {
    const gap = Math.max(MIN_GAP_S, (atMs - before.polledAtMs) / 1000);
    const ran = Math.max(MIN_GAP_S, (atMs - Math.min(startedAtMs, origin.atMs)) / 1000);
    driftVariance = driftAfter(before.driftVariance, (endAtMs - before.endAtMs) / 1000, gap, ran);
    fit = fitAfter(before, gap, startedAtMs);
  }
  const overdue = overdueSinceMs === undefined ? 0 : (atMs - overdueSinceMs) / 1000;
  const bent = left / bendOf(origin, atMs, endAtMs);
  const expected = Math.max(overdue, (left + bent) / 2);
  const moved = Math.sqrt(driftVariance * expected);
  const quantisation = Math.min(quantum, Math.max(1, left)) / Math.sqrt(12);
  const scale = Math.max(
    MIN_SCALE_S,
    MIN_SCALE_SHARE * expected,
    overdue / 2,
    Math.hypot(quantisation, DRIFT_WEIGHT * Math.max(moved, Math.abs(left - bent))),
  );
  return {
    origin,
    polledAtMs: atMs,
    endAtMs,
    quantum,
    driftVariance,
    overdueSinceMs,
    fit,
    prediction: { remaining: expected, scale },
  };
}

/** Bayes' rule: the task still runs, which the last prediction and the age had expected with these chances. */
function fitAfter({ prediction, polledAtMs, fit }: EstimateTrack, gap: number, startedAtMs: number): number {
  const predicted = { unnoticed: 0, ended: 0 };
  expectAround(prediction, gap, predicted);
  const age = Math.max(0, (polledAtMs - startedAtMs) / 1000);
  const ratio = (1 - predicted.ended) / (1 - endedByAge(age, gap));
  return Math.min(1, Math.max(MIN_FIT, fit * ratio));
}

/**
 * How many seconds of the estimate pass in one: 2 where it says twice what is left, 1/2 where it says half of it. The end
 * that it names has moved since the first estimate, and goes on to. Early on that says little.
 */
function bendOf(origin: EstimateTrack["origin"], atMs: number, endAtMs: number): number {
  const passed = atMs - origin.atMs;
  if (passed <= 0) {
    return 1;
  }
  const slip = (endAtMs - origin.endAtMs) / passed;
  const confidence = passed / (passed + (endAtMs - atMs));
  return Math.min(MAX_BEND, Math.max(1 / MAX_BEND, 1 - confidence * slip));
}

/** The track as a clock sees it that is behind the one it was made by. */
export function estimateMovedBack(track: EstimateTrack, byMs: number): EstimateTrack {
  const { origin, overdueSinceMs } = track;
  return {
    ...track,
    origin: { atMs: origin.atMs - byMs, endAtMs: origin.endAtMs - byMs },
    polledAtMs: track.polledAtMs - byMs,
    endAtMs: track.endAtMs - byMs,
    overdueSinceMs: overdueSinceMs === undefined ? undefined : overdueSinceMs - byMs,
  };
}

/** The weight of an estimate in a forecast, 0 to 1: the reliability of its type's, lowered by its own fit. */
export function estimateWeight(reliability: number, { fit }: EstimateTrack): number {
  return (reliability * fit) / (reliability * fit + 1 - reliability);
}
