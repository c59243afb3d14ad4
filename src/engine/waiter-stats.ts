import type { PollScheduler } from "./scheduling/poll-scheduler.ts";
import type { DetectionLagEstimate, DetectionLagSample } from "./tasks/detection-lag.ts";

/** How a waiter is doing. */
export interface WaiterStats {
  /** Waits that have not settled. */
  readonly waits: number;
  /** Tasks that they are for. */
  readonly tasks: number;
  /** Polls that were answered so far, good and bad. */
  readonly polls: number;
  /** Tasks that these polls asked for: more than polls where one call takes several ids. */
  readonly polledTasks: number;
  /** Pages of listings that were answered so far, good and bad. */
  readonly listings: number;
  /** How many of these pages were asked for to learn how long earlier tasks of a type ran. */
  readonly historyPages: number;
  /** How many of both were throttled. */
  readonly throttled: number;
  /** Polls that may go out now, in calls per second. */
  readonly ratePerSecond: number;
  /** Pages of listings that may go out now, in calls per second. */
  readonly listRatePerSecond: number;
  /** Calls that are due and wait for their turn. */
  readonly queued: number;
  /**
   * How late the ends of tasks were noticed, estimated from the service's whole seconds and the time between polls;
   * absent until the end of a running task was noticed.
   */
  readonly lateness?: DetectionLagEstimate;
}

/** Takes the numbers together. */
export function waiterStats(waits: number, scheduler: PollScheduler, lags: DetectionLagSample): WaiterStats {
  const { limits, taskCount } = scheduler;
  const lateness = lags.estimate();
  return {
    waits,
    tasks: taskCount,
    polls: limits.calls - limits.listings,
    polledTasks: limits.describe.tasks,
    listings: limits.listings,
    historyPages: scheduler.endedPages.count,
    throttled: limits.throttled,
    ratePerSecond: limits.describe.ratePerSecond,
    listRatePerSecond: limits.list.ratePerSecond,
    queued: limits.queued,
    ...(lateness === undefined ? {} : { lateness }),
  };
}
