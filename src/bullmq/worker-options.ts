import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";

/** Options for BullMQ's `Worker`. */
export interface TaskWorkerOptions {
  readonly limiter: { readonly max: number; readonly duration: number };
  readonly concurrency: number;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
}

const WINDOW_MS = 100;
const WINDOWS_A_SECOND = 1000 / WINDOW_MS;
const MOST_CONCURRENT = 100;

/**
 * What a `Worker` needs so that all workers of the queue together keep to a rate, and the jobs of one that was
 * killed go on within seconds.
 *
 * BullMQ counts in fixed windows, of which two full ones may meet. Ten a second keep a sliding second near the rate.
 *
 * @param options - `perSecond`: looks a second of all workers together. Take 85 % of what the account may.
 * @throws {@link InvalidOptionError} naming the option, the rule and the value.
 */
export function taskWorkerOptions({ perSecond }: { readonly perSecond: number }): TaskWorkerOptions {
  if (typeof perSecond !== "number" || !(perSecond > 0 && perSecond <= 10_000)) {
    throw new InvalidOptionError(
      `taskWorkerOptions: perSecond must be a number above 0 and at most 10000, got ${quoted(perSecond)}`,
    );
  }
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
