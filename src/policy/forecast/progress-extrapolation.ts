import {
  commonDivisor,
  DRIFT_WEIGHT,
  driftAfter,
  type EndPrediction,
  firstDrift,
  MIN_GAP_S,
  MIN_SCALE_S,
  MIN_SCALE_SHARE,
  RECENT_FROM,
} from "./end-prediction.ts";

/** The progress at a moment. */
export interface ProgressPoint {
  /** Unix milliseconds of this machine's clock. */
  readonly atMs: number;
  /** 0 to 10000. */
  readonly value: number;
}

/** What is kept of a task's progress between two polls. Plain JSON. */
export interface ProgressTrack {
  /** Where the progress began: at the start, or at the last step backwards. */
  readonly origin: ProgressPoint;
  /** The steps forward, the newest last: those of the last tenth of the run, and one before. */
  readonly points: readonly ProgressPoint[];
  /** When the last poll was made. */
  readonly polledAtMs: number;
  /** The greatest common divisor of all values seen: the size of a step. */
  readonly quantum: number;
  /** The drift of the predicted end: its variance in s² per second. */
  readonly driftVariance?: number | undefined;
  /** When the task is predicted to end, in Unix milliseconds. */
  readonly endAtMs?: number | undefined;
  readonly prediction?: EndPrediction | undefined;
}

type ProgressDraft = { -readonly [K in keyof ProgressTrack]: ProgressTrack[K] };

/** When a task began to run, in Unix milliseconds of this machine's clock. */
export interface RunStart {
  readonly startedAtMs: number;
  /** The uncertainty in either direction. */
  readonly spreadMs: number;
}

const DONE = 10_000;
/** The bound of {@link ProgressTrack.points}. */
export const MAX_POINTS = 24;

/** The track after one more poll. */
export function trackProgress(
  before: ProgressTrack | undefined,
  atMs: number,
  value: number,
  { startedAtMs, spreadMs }: RunStart,
): ProgressTrack {
  const last = before === undefined ? undefined : (before.points.at(-1) ?? before.origin);
  const quantum = commonDivisor(before?.quantum ?? DONE, value);
  if (last !== undefined && value < last.value) {
    return { origin: { atMs, value }, points: [], polledAtMs: atMs, quantum };
  }
  const isOrigin = before !== undefined && (before.origin.value > 0 || before.origin.atMs === startedAtMs);
  const origin = isOrigin ? before.origin : { atMs: startedAtMs, value: 0 };
  const polledAtMs = before?.polledAtMs ?? startedAtMs;
  let points = before?.points ?? [];
  if (value > (last ?? origin).value) {
    // The step came after the last poll, and at most the length of one step ago.
    const stepMs = (quantum * (atMs - origin.atMs)) / (value - origin.value);
    points = withPoint(points, { atMs: atMs - Math.min(atMs - polledAtMs, stepMs) / 2, value }, origin.atMs);
  }
  const track: ProgressDraft = {
    origin,
    points,
    polledAtMs: atMs,
    quantum,
    driftVariance: undefined,
    endAtMs: undefined,
    prediction: undefined,
  };
  predict(track, before, polledAtMs, spreadMs);
  return track;
}

/** The track as a clock sees it that is behind the one it was made by. */
export function movedBack(track: ProgressTrack, byMs: number): ProgressTrack {
  const point = ({ atMs, value }: ProgressPoint): ProgressPoint => ({ atMs: atMs - byMs, value });
  return {
    ...track,
    origin: point(track.origin),
    points: track.points.map(point),
    polledAtMs: track.polledAtMs - byMs,
    endAtMs: track.endAtMs === undefined ? undefined : track.endAtMs - byMs,
  };
}

/** Adds the newest point. Of the points before the last tenth of the run, only the newest stays. */
function withPoint(points: readonly ProgressPoint[], newest: ProgressPoint, originMs: number) {
  const recentMs = originMs + RECENT_FROM * (newest.atMs - originMs);
  let first = points.length - 1;
  while (first > 0 && (points[first] as ProgressPoint).atMs > recentMs) {
    first--;
  }
  const kept = (first > 0 ? points.slice(first) : points).concat(newest);
  return kept.length > MAX_POINTS ? kept.toSpliced(1, 1) : kept;
}

function predict(
  track: ProgressDraft,
  before: ProgressTrack | undefined,
  polledAtMs: number,
  startSpreadMs: number,
): void {
  const { origin, points, quantum, polledAtMs: atMs } = track;
  const newest = points.at(-1);
  if (newest === undefined || newest.atMs <= origin.atMs) {
    return;
  }
  const ran = newest.atMs - origin.atMs;
  const done = newest.value - origin.value;
  const left = Math.max(0, DONE - newest.value);
  const recent = points[0] === newest || points[0] === undefined ? origin : points[0];
  const speedRecent = (newest.value - recent.value) / (newest.atMs - recent.atMs);
  const wholeMs = (left * ran) / done;
  const recentMs = speedRecent > 0 ? left / speedRecent : wholeMs;
  const endAtMs = newest.atMs + (wholeMs + recentMs) / 2;
  const stepMs = (quantum * ran) / done;
  const stalled = Math.max(0, atMs - newest.atMs - stepMs) / 1000;
  const remaining = Math.max(0, stalled, (endAtMs - atMs) / 1000);
  const gap = Math.max(MIN_GAP_S, (atMs - polledAtMs) / 1000);
  let driftVariance = before?.driftVariance ?? firstDrift(remaining);
  if (before?.endAtMs !== undefined && newest !== before.points.at(-1)) {
    driftVariance = driftAfter(driftVariance, (endAtMs - before.endAtMs) / 1000, gap, ran / 1000);
  }
  const moved = Math.sqrt(driftVariance * remaining);
  const quantisation = (Math.min(gap, stepMs / 1000) * DONE) / (newest.value * Math.sqrt(12));
  const startError = (startSpreadMs / 1000) * (left / done);
  const disagreement = Math.abs(wholeMs - recentMs) / 2000;
  const scale = Math.max(
    MIN_SCALE_S,
    MIN_SCALE_SHARE * remaining,
    stalled / 2,
    Math.sqrt(quantisation ** 2 + startError ** 2 + (DRIFT_WEIGHT * Math.max(moved, disagreement)) ** 2),
  );
  track.driftVariance = driftVariance;
  track.endAtMs = endAtMs;
  track.prediction = { remaining, scale };
}
