/** A progress that was reached at a moment. */
export interface ProgressPoint {
  /** Unix milliseconds of our own clock. */
  readonly atMs: number;
  /** 0 to 10000. */
  readonly value: number;
}

/** What the reported progress says of the end, in seconds from the look. */
export interface ProgressPrediction {
  readonly remaining: number;
  /** How far that may be off, as the scale of a logistic. */
  readonly scale: number;
}

/** What is kept of a task's progress between two looks. Plain JSON. */
export interface ProgressTrack {
  /** From where it is counted: the start, or the restart. */
  readonly origin: ProgressPoint;
  /** Where it moved, the newest last: the last tenth of the run, and one before. */
  readonly points: readonly ProgressPoint[];
  /** When it was looked at last. */
  readonly lookedAtMs: number;
  /** The greatest common divisor of all values seen: the size of its steps. */
  readonly quantum: number;
  /** How the predicted end wanders: variance per second, in seconds. */
  readonly wander?: number | undefined;
  /** When the task is predicted to end, in Unix milliseconds. */
  readonly endAtMs?: number | undefined;
  readonly prediction?: ProgressPrediction | undefined;
}

type ProgressDraft = { -readonly [K in keyof ProgressTrack]: ProgressTrack[K] };

/** When a task began to run, in Unix milliseconds of our own clock. */
export interface RunStart {
  readonly startedAtMs: number;
  /** How far that may be off either way. */
  readonly spreadMs: number;
}

const DONE = 10_000;
/** How many points are kept at most. */
export const MAX_POINTS = 24;
const RECENT = 0.9;
const MIN_SCALE = 0.05;
const MIN_SCALE_SHARE = 0.02;
const WANDER_WEIGHT = 0.3;

/** The track after one more look, which has shown how far the task has come. */
export function trackProgress(
  before: ProgressTrack | undefined,
  atMs: number,
  value: number,
  { startedAtMs, spreadMs }: RunStart,
): ProgressTrack {
  const last = before === undefined ? undefined : (before.points.at(-1) ?? before.origin);
  const quantum = commonDivisor(before?.quantum ?? DONE, value);
  if (last !== undefined && value < last.value) {
    return { origin: { atMs, value }, points: [], lookedAtMs: atMs, quantum };
  }
  const isOrigin = before !== undefined && (before.origin.value > 0 || before.origin.atMs === startedAtMs);
  const origin = isOrigin ? before.origin : { atMs: startedAtMs, value: 0 };
  const lookedAtMs = before?.lookedAtMs ?? startedAtMs;
  let points = before?.points ?? [];
  if (value > (last ?? origin).value) {
    // A step was taken at some moment since the last look, and not longer ago than a step takes.
    const stepMs = (quantum * (atMs - origin.atMs)) / (value - origin.value);
    points = withPoint(points, { atMs: atMs - Math.min(atMs - lookedAtMs, stepMs) / 2, value }, origin.atMs);
  }
  const track: ProgressDraft = {
    origin,
    points,
    lookedAtMs: atMs,
    quantum,
    wander: undefined,
    endAtMs: undefined,
    prediction: undefined,
  };
  predict(track, before, lookedAtMs, spreadMs);
  return track;
}

/** Adds the newest point and drops what lies before the last tenth of the run, but for the newest of that. */
function withPoint(points: readonly ProgressPoint[], newest: ProgressPoint, originMs: number) {
  const recentMs = originMs + RECENT * (newest.atMs - originMs);
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
  lookedAtMs: number,
  startSpreadMs: number,
): void {
  const { origin, points, quantum, lookedAtMs: atMs } = track;
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
  const gap = Math.max(0.001, (atMs - lookedAtMs) / 1000);
  let wander = before?.wander ?? Math.max(remaining, 0.001);
  if (before?.endAtMs !== undefined && newest !== before.points.at(-1)) {
    const latest = ((endAtMs - before.endAtMs) / 1000) ** 2 / gap;
    wander += Math.min(1, gap / ((1 - RECENT) * (ran / 1000))) * (latest - wander);
  }
  const moved = Math.sqrt(wander * remaining);
  const quantisation = (Math.min(gap, stepMs / 1000) * DONE) / (newest.value * Math.sqrt(12));
  const startError = (startSpreadMs / 1000) * (left / done);
  const disagreement = Math.abs(wholeMs - recentMs) / 2000;
  const scale = Math.max(
    MIN_SCALE,
    MIN_SCALE_SHARE * remaining,
    stalled / 2,
    Math.sqrt(quantisation ** 2 + startError ** 2 + (WANDER_WEIGHT * Math.max(moved, disagreement)) ** 2),
  );
  track.wander = wander;
  track.endAtMs = endAtMs;
  track.prediction = { remaining, scale };
}

function commonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(Math.round(a)), Math.abs(Math.round(b))];
  while (y > 0) {
    [x, y] = [y, x % y];
  }
  return Math.max(1, x);
}
