import { checkPerSecond } from "../durable/driver-options.ts";
import { checkOptionNames } from "../policy/option-names.ts";

/** Options for BullMQ's `Worker`. */
export interface TaskWorkerOptions {
  /** At most `max` looks in each window of `duration` milliseconds, over all workers of the queue. */
  readonly limiter: { readonly max: number; readonly duration: number };
  /** The most looks that one worker has under way. */
  readonly concurrency: number;
  /** How long a job stays with a worker that no longer says it lives, in milliseconds. */
  readonly lockDuration: number;
  /** How often such jobs are looked for, in milliseconds. */
  readonly stalledInterval: number;
  /** How often a job may lose its worker. */
  readonly maxStalledCount: number;
}

const ACTION = "taskWorkerOptions";
const NAMES: ReadonlySet<string> = new Set(["perSecond"]);
const WINDOW_MS = 100;
const WINDOWS_A_SECOND = 1000 / WINDOW_MS;
const MOST_CONCURRENT = 100;

/**
 * What a `Worker` needs so that all workers of the queue together keep to a rate, and the jobs of one that was
 * killed go on within seconds.
 *
 * BullMQ counts in fixed windows, of which two full ones may meet. Ten a second keep a sliding second near the rate.
 *
 * @param options - `perSecond`: looks a second of all workers together, above 0 and at most 10,000. Take 85 % of what
 * the account may.
 * @throws `InvalidOptionError` naming the option, the rule and the value.
 *
 * @example
 * ```ts
 * new Worker("tasks", processor, { connection, ...taskWorkerOptions({ perSecond: 8 }) });
 * ```
 */
export function taskWorkerOptions(options: { readonly perSecond: number }): TaskWorkerOptions {
  checkOptionNames(options, NAMES, ACTION);
  const perSecond = checkPerSecond(ACTION, options["perSecond"]);
  const max = Math.max(1, Math.floor(perSecond / WINDOWS_A_SECOND));
  return {
    limiter: { max, duration: Math.ceil((1000 * max) / perSecond) },
    concurrency: Math.min(MOST_CONCURRENT, Math.max(5, Math.ceil(perSecond))),
    lockDuration: 5000,
    stalledInterval: 2000,
    // A killed worker is no fault of its jobs; by default the second such kill fails them.
    maxStalledCount: 1_000_000,
  };
}
