import type { RateLimits } from "./rate/rate-limits.ts";
import type { PollScheduler } from "./scheduling/poll-scheduler.ts";
import type { DetectionLagEstimate } from "./tasks/detection-lag.ts";

/** How a waiter is doing. */
export interface WaiterStats {
  /** Waits that have not settled. */
  readonly waits: number;
  /** Tasks that they are for. */
  readonly tasks: number;
  /** Looks at single tasks that were answered so far, good and bad. */
  readonly polls: number;
  /** Pages of listings that were answered so far, good and bad. */
  readonly listings: number;
  /** How many of both were throttled. */
  readonly throttled: number;
  /** Looks at single tasks that may go out now, in calls per second. */
  readonly ratePerSecond: number;
  /** Pages of listings that may go out now, in calls per second. */
  readonly listRatePerSecond: number;
  /** Calls that are due and wait for their turn. */
  readonly queued: number;
  /**
   * How late the ends of tasks were noticed, estimated from the service's whole seconds and the time between looks;
   * absent until the end of a running task was noticed.
   */
  readonly lateness?: DetectionLagEstimate;
}

/** Takes the numbers together. */
export function waiterStats(waits: number, loop: PollScheduler, budget: RateLimits): WaiterStats {
  const { lateness } = loop;
  return {
    waits,
    tasks: loop.taskCount,
    polls: budget.calls - budget.listings,
    listings: budget.listings,
    throttled: budget.throttled,
    ratePerSecond: budget.describe.ratePerSecond,
    listRatePerSecond: budget.list.ratePerSecond,
    queued: budget.queued,
    ...(lateness === undefined ? {} : { lateness }),
  };
}
