import { dueSince } from "../../policy/forecast/poll-value.ts";
import { lastPollLeadMs } from "../../policy/state/delay-limits.ts";
import type { ListingCoverage } from "../listing/listing-coverage.ts";
import { NEARLY } from "../listing/listing-plan.ts";
import { RECHECK_MS } from "../listing/listing-scheduler.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import type { WaitCore } from "../wait/wait-core.ts";

// Far above any value in seconds, and still ordered by the deadline.
const URGENT = 1e12;
// Above the value of any poll: somebody knows.
const HINTED = 1e9;
// Priorities are refreshed ten times a second, so a last poll has to be foreseen by a little more than that.
const FORESEEN_MS = 250;

/**
 * The priority of a poll among those that wait for a permit: last polls before a deadline first (W3), the nearest
 * deadline before all; then those of hinted tasks; then by what is expected to go unnoticed.
 */
export function pollPriority(tracked: TrackedTask, coverage: ListingCoverage, nowMs: number): number {
  const leftMs = tracked.lastChanceMs - nowMs;
  if (leftMs <= FORESEEN_MS) {
    return URGENT - leftMs;
  }
  return (tracked.isHinted ? HINTED : 0) + Math.max(tracked.price, coverage.valueOf(tracked, nowMs));
}

/**
 * Until when a poll that is due can be deferred because a listing scan tells, or has told, how the task is; undefined
 * when it can't.
 */
export function deferredUntilMs(
  tracked: TrackedTask,
  coverage: ListingCoverage,
  nowMs: number,
): number | undefined {
  if (tracked.isDoubted || tracked.isHinted) {
    return undefined;
  }
  const coveredMs = coverage.coveredMs(tracked, nowMs);
  if (coveredMs <= tracked.value.fromMs || tracked.waits.some((core) => mustPollNow(core, nowMs))) {
    return undefined;
  }
  // W3: a last poll before a deadline is not slept through.
  const latestMs = tracked.lastChanceMs - FORESEEN_MS;
  if (coveredMs === Number.POSITIVE_INFINITY) {
    // The end of the scan brings it up again; this is only in case that takes too long.
    return Math.min(latestMs, nowMs + RECHECK_MS);
  }
  if (coverage.valueOf(tracked, nowMs) >= NEARLY * tracked.price) {
    return undefined;
  }
  // A task that a scan did not show is presumed to run for so long and no longer; one that a scan under way covers, until
  // that ends. Then it is due, or a fleet of such tasks would sleep on, each poll of such a value that no scan
  // seems better.
  const lapseMs = coverage.presumedRunningUntilMs(tracked);
  const untilMs = Math.min(
    latestMs,
    dueSince(tracked.value, coveredMs, tracked.price),
    lapseMs > nowMs ? lapseMs : nowMs + RECHECK_MS,
  );
  return untilMs > nowMs ? untilMs : undefined;
}

/** What a wait wants whatever the value of a poll: retries, its longest interval, the last poll before its deadline (W3). */
function mustPollNow({ state, options }: WaitCore, nowMs: number): boolean {
  const { polledAtMs = state.startedAtMs, failuresInARow, throttledInARow, deadlineMs } = state;
  return (
    failuresInARow + throttledInARow > 0 ||
    nowMs - polledAtMs >= options.maxIntervalMs ||
    deadlineMs - nowMs <= lastPollLeadMs(state, options) + FORESEEN_MS
  );
}
