import { endedAt } from "../../policy/forecast/poll-value.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import type { ListingCoverage } from "./listing-coverage.ts";
import type { ScanTotals } from "./listing-plan.ts";

/** All tracked tasks, as their scheduler knows them. */
export interface Fleet {
  /** By id. */
  readonly tasks: ReadonlyMap<string, TrackedTask>;
  /** Those that are being polled now. */
  readonly inFlight: ReadonlyMap<TrackedTask, unknown>;
}

// Polls do not follow each other more closely.
const MIN_GAP_MS = 200;

/** Whether the values of polls that a scan can take the place of come to so much at a moment. */
export function valueReaches(
  value: number,
  { tasks, inFlight }: Fleet,
  coverage: ListingCoverage,
  nowMs: number,
): boolean {
  const atMs = nowMs - coverage.lag.lagMs(nowMs);
  let all = 0;
  for (const tracked of tasks.values()) {
    if (!inFlight.has(tracked) && !tracked.isMissingFromListings) {
      all += coverage.valueOf(tracked, atMs);
      if (all >= value) {
        return true;
      }
    }
  }
  return false;
}

/** Adds up the value of polls of all tracked tasks at a moment. */
export function fleetTotals(
  { tasks, inFlight }: Fleet,
  coverage: ListingCoverage,
  nowMs: number,
  maxIds: number,
): Omit<ScanTotals, "isBacklogged"> {
  let [count, price, all, active, unseen, best, likelyEnded] = [0, 0, 0, 0, 0, 0, 0];
  let [pollsPerSecond, endsPerSecond] = [0, 0];
  const values: number[] = [];
  let hasCreated = false;
  const lagMs = coverage.lag.lagMs(nowMs);
  for (const tracked of tasks.values()) {
    count++;
    price += tracked.value.price;
    if (inFlight.has(tracked)) {
      continue;
    }
    const value = coverage.valueOf(tracked, nowMs);
    best = Math.max(best, value);
    if (maxIds > 1) {
      values.push(value);
    }
    if (tracked.isMissingFromListings) {
      continue;
    }
    // A scan shows the tasks as they were.
    const shown = lagMs === 0 ? value : coverage.valueOf(tracked, nowMs - lagMs);
    all += shown;
    if (tracked.isPresumedEnded) {
      continue;
    }
    active += shown;
    const polls = 1000 / Math.max(MIN_GAP_MS, tracked.value.gapMs);
    pollsPerSecond += polls;
    endsPerSecond += tracked.value.ended * polls;
    if (!tracked.isSeen) {
      unseen += shown;
    } else if (shown > 0) {
      likelyEnded += endedAt(tracked.value, nowMs - lagMs);
    }
    hasCreated ||= tracked.task?.taskStatus !== "RUNNING";
  }
  const idsPerCall = Math.max(1, Math.min(maxIds, count));
  return {
    price: price / Math.max(1, count),
    all,
    active,
    unseen,
    best: maxIds > 1 ? sumOfHighest(values, maxIds) : best,
    idsPerCall,
    likelyEnded,
    // The price of a call is shared, and gaps shrink with the square root of the price.
    pollsPerSecond: pollsPerSecond / Math.sqrt(idsPerCall),
    endsPerSecond,
    lagS: lagMs / 1000,
    hasCreated,
  };
}

function sumOfHighest(values: readonly number[], count: number): number {
  // A typed array is sorted by number, without a call for each comparison.
  return Float64Array.from(values)
    .sort()
    .subarray(-count)
    .reduce((sum, value) => sum + value, 0);
}
