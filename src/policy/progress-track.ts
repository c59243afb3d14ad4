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
  readonly wander?: number;
  /** When the task is predicted to end, in Unix milliseconds. */
  readonly endAtMs?: number;
  readonly prediction?: ProgressPrediction;
}

/** One look at a progress. */
export interface ProgressLook {
  readonly atMs: number;
  readonly value: number;
  /** When the task began. */
  readonly startedAtMs: number;
  readonly startSpreadMs: number;
}

const DONE = 10_000;
/** How many points are kept at most. */
export const MOST_POINTS = 24;
const RECENT = 0.9;
const LEAST_SCALE = 0.05;
const LEAST_SCALE_SHARE = 0.02;
const WANDER_WEIGHT = 0.3;

/** The track after one more look. */
export function trackProgress(before: ProgressTrack | undefined, look: ProgressLook): ProgressTrack {
  const { atMs, value } = look;
  const last = before === undefined ? undefined : (before.points.at(-1) ?? before.origin);
  const quantum = commonDivisor(before?.quantum ?? DONE, value);
  if (before !== undefined && last !== undefined && value < last.value) {
    return { origin: { atMs, value }, points: [], lookedAtMs: atMs, quantum };
  }
  const origin =
    before?.origin.value === 0 || before === undefined ? { atMs: look.startedAtMs, value: 0 } : before.origin;
  const moved = value > (last ?? origin).value;
  const lookedAtMs = before?.lookedAtMs ?? look.startedAtMs;
  const earlier = before?.points ?? [];
  const points = moved ? earlier.concat(reachedAt(origin, look, lookedAtMs, quantum)) : earlier;
  const newest = points.at(-1);
  const track = { origin, points: recentOf(points, origin), lookedAtMs: atMs, quantum };
  return newest === undefined ? track : predicted(before, track, newest, look, lookedAtMs);
}

/** A step was taken at some moment since the last look, and not longer ago than a step takes. */
function reachedAt(
  origin: ProgressPoint,
  { atMs, value }: ProgressLook,
  lookedAtMs: number,
  quantum: number,
): ProgressPoint {
  const stepMs = (quantum * (atMs - origin.atMs)) / (value - origin.value);
  return { atMs: atMs - Math.min(atMs - lookedAtMs, stepMs) / 2, value };
}

/** Drops what lies before the last tenth of the run, but for its newest. */
function recentOf(points: readonly ProgressPoint[], origin: ProgressPoint): readonly ProgressPoint[] {
  const newest = points.at(-1) ?? origin;
  const recentMs = origin.atMs + RECENT * (newest.atMs - origin.atMs);
  const first = points.findLastIndex((point) => point.atMs <= recentMs);
  const kept = first > 0 ? points.slice(first) : points;
  return kept.length > MOST_POINTS ? [kept[0] as ProgressPoint, ...kept.slice(2)] : kept;
}

function predicted(
  before: ProgressTrack | undefined,
  track: ProgressTrack,
  newest: ProgressPoint,
  look: ProgressLook,
  lookedAtMs: number,
): ProgressTrack {
  const { origin, points, lookedAtMs: atMs, quantum } = track;
  const ran = newest.atMs - origin.atMs;
  const done = newest.value - origin.value;
  const left = Math.max(0, DONE - newest.value);
  if (ran <= 0) {
    return track;
  }
  const recent = points[0] === newest || points[0] === undefined ? origin : points[0];
  const speedRecent = (newest.value - recent.value) / (newest.atMs - recent.atMs);
  const wholeMs = (left * ran) / done;
  const recentMs = speedRecent > 0 ? left / speedRecent : wholeMs;
  const endAtMs = newest.atMs + (wholeMs + recentMs) / 2;
  const stepMs = (quantum * ran) / done;
  const stalled = Math.max(0, look.atMs - newest.atMs - stepMs) / 1000;
  const remaining = Math.max(0, stalled, (endAtMs - look.atMs) / 1000);
  const gap = Math.max(0.001, (look.atMs - lookedAtMs) / 1000);
  const wander =
    before?.endAtMs === undefined
      ? Math.max(remaining, 0.001)
      : newest === before.points.at(-1)
        ? (before.wander ?? 0)
        : ((endAtMs - before.endAtMs) / 1000) ** 2 / gap;
  const moved = Math.sqrt(wander * remaining);
  const quantisation = (Math.min(gap, stepMs / 1000) * DONE) / (newest.value * Math.sqrt(12));
  const startError = (look.startSpreadMs / 1000) * (left / done);
  const disagreement = Math.abs(wholeMs - recentMs) / 2000;
  const scale = Math.max(
    LEAST_SCALE,
    LEAST_SCALE_SHARE * remaining,
    stalled / 2,
    Math.sqrt(quantisation ** 2 + startError ** 2 + (WANDER_WEIGHT * Math.max(moved, disagreement)) ** 2),
  );
  const prediction = { remaining, scale };
  return { origin, points, lookedAtMs: atMs, quantum, wander, endAtMs, prediction };
}

function commonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(Math.round(a)), Math.abs(Math.round(b))];
  while (y > 0) {
    [x, y] = [y, x % y];
  }
  return Math.max(1, x);
}
