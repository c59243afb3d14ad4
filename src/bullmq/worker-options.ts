import { checkPerSecond } from "../durable/driver-options.ts";
import { ARRIVAL_SLACK_MS } from "../durable/paced-rate.ts";
import { checkOptionNames } from "../options/check-options.ts";

/** Options for BullMQ's `Worker`. */
export interface TaskWorkerOptions {
  /** At most `max` polls in each window of `duration` milliseconds, over all workers of the queue. */
  readonly limiter: { readonly max: number; readonly duration: number };
  /** The most polls that one worker has under way. */
  readonly concurrency: number;
  /** How long a job stays with a worker that no longer says it lives, in milliseconds. */
  readonly lockDuration: number;
  /** How often such jobs are searched for, in milliseconds. */
  readonly stalledInterval: number;
  /** How often a job may lose its worker. */
  readonly maxStalledCount: number;
}

const ACTION = "taskWorkerOptions";
const NAMES: ReadonlySet<string> = new Set(["perSecond"]);
// Of one window up to two share a second that is not whole: few polls in each keep that little.
const WINDOWS_A_SECOND = 20;
const MAX_CONCURRENT = 100;

/**
 * What a `Worker` needs so that all workers of the queue together keep to a rate, and the jobs of one that was
 * killed go on within seconds.
 *
 * BullMQ counts in windows, each of which begins with its first poll. They are as many and as long as keeps the polls
 * of any second within the rate, though each poll may be a quarter of a second late: about 75 of 100 can be had.
 *
 * @param options - `perSecond`: what the account may call, for all workers together; above 0 and at most 10,000.
 * @throws `InvalidOptionError` naming the option, the rule and the value.
 *
 * @example
 * ```ts
 * new Worker("tasks", processor, { connection, ...taskWorkerOptions({ perSecond: 10 }) });
 * ```
 */
export function taskWorkerOptions(options: { readonly perSecond: number }): TaskWorkerOptions {
  checkOptionNames(options, NAMES, ACTION);
  const perSecond = checkPerSecond(ACTION, options["perSecond"]);
  const max = Math.max(1, Math.floor(perSecond / WINDOWS_A_SECOND));
  // The polls of a window may all come at its end, and the next ones at their begin; a single poll is its begin.
  const windows = max === 1 ? perSecond : Math.floor(perSecond / max) - 1;
  return {
    limiter: { max, duration: Math.ceil((1000 + ARRIVAL_SLACK_MS) / windows) },
    concurrency: Math.min(MAX_CONCURRENT, Math.max(5, Math.ceil(perSecond))),
    lockDuration: 5000,
    stalledInterval: 2000,
    // A killed worker is no fault of its jobs; by default the second such kill fails them.
    maxStalledCount: 1_000_000,
  };
}
