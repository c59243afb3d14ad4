import { dueSince } from "../../policy/forecast/poll-value.ts";
import { lastPollLeadMs } from "../../policy/state/delay-limits.ts";
import type { ListingCoverage } from "../listing/listing-coverage.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import type { WaitCore } from "../wait/wait-core.ts";

// Far above any worth in seconds, and still ordered by the deadline.
const URGENT = 1e12;
// Ranks are refreshed ten times a second, so a last look has to be foreseen by a little more than that.
const FORESEEN_MS = 250;
// A look that is worth nearly its price is not put off.
const NEARLY = 0.9;
const RECHECK_MS = 1000;
// Where sweeps serve all, a look waits for the next one until it is worth so many times its price; then it is too late
// for a mere guess of when that sweep comes.
const HELD = 2;
const HELD_MS = 250;

/**
 * What a look that is due is worth, as its rank among those that wait for a permit: last looks before a deadline
 * first, the nearest deadline foremost; then by what is expected to go unnoticed.
 */
export function requestValue(watch: TrackedTask, cover: ListingCoverage, nowMs: number): number {
  const leftMs = watch.lastChanceMs - nowMs;
  if (leftMs <= FORESEEN_MS) {
    return URGENT - leftMs;
  }
  return Math.max(watch.worth.price, cover.worthOf(watch, nowMs));
}

/**
 * Until when a look that is due can be put off because a sweep tells, or has told, how the task does; undefined
 * when it can't.
 */
export function putOffUntilMs(watch: TrackedTask, cover: ListingCoverage, nowMs: number): number | undefined {
  const isHeld = cover.servesAll && canBeHeld(watch, cover, nowMs);
  const coveredMs = cover.coveredMs(watch, nowMs);
  const isCovered = isHeld || coveredMs > watch.worth.fromMs;
  if (!isCovered || watch.waits.some((core) => mustPollNow(core, nowMs))) {
    return undefined;
  }
  if (isHeld) {
    return nowMs + HELD_MS;
  }
  if (coveredMs === Number.POSITIVE_INFINITY) {
    // The sweep's end is heard of; this is only in case it takes too long.
    return nowMs + RECHECK_MS;
  }
  if (cover.worthOf(watch, nowMs) >= NEARLY * watch.worth.price) {
    return undefined;
  }
  // What a sweep did not show is believed to run on for so long and no longer; what one under way covers, until it
  // ends. Then it is due, or a crowd of such tasks would sleep on, each worth so much that no sweep seems better
  // than the look at it.
  const lapseMs = cover.creditLapsesMs(watch);
  const untilMs = Math.min(dueSince(watch.worth, coveredMs), lapseMs > nowMs ? lapseMs : nowMs + RECHECK_MS);
  return untilMs > nowMs ? untilMs : undefined;
}

/** Whether a look can wait for the next sweep: until it is worth twice its price, if need be. */
function canBeHeld(watch: TrackedTask, cover: ListingCoverage, nowMs: number): boolean {
  return (
    watch.isSeen &&
    !watch.isPresumedEnded &&
    !watch.isMissingFromListings &&
    cover.worthOf(watch, nowMs) < HELD * watch.worth.price
  );
}

/** What a wait wants whatever a look is worth: retries, its longest interval, the last look. */
function mustPollNow({ state, options }: WaitCore, nowMs: number): boolean {
  const { polledAtMs = state.startedAtMs, failuresInARow, throttledInARow, deadlineMs } = state;
  return (
    failuresInARow + throttledInARow > 0 ||
    nowMs - polledAtMs >= options.maxIntervalMs ||
    deadlineMs - nowMs <= lastPollLeadMs(state, options) + FORESEEN_MS
  );
}
