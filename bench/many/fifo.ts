import pThrottle from "p-throttle";
import { isBdrcApiError } from "../../src/task/errors.ts";
import type { TaskSource } from "../../src/task/source.ts";

const INTERVAL_MS = 2000;

/**
 * What is usually built when a storm has been seen: every wait polls again two seconds after its answer, and all
 * polls go through one limiter, first come first served. It is told the account's rate, which flatters it.
 */
export function sharedFifo(
  source: TaskSource,
  perSecond: number,
): (taskId: string, signal: AbortSignal) => Promise<boolean> {
  const describe = pThrottle({ limit: 1, interval: 1000 / perSecond })(
    (taskId: string, signal: AbortSignal) => source.describe(taskId, { signal }),
  );
  return async (taskId, signal) => {
    while (!signal.aborted) {
      const task = await describe(taskId, signal).catch((error: unknown) => {
        if (!isBdrcApiError(error)) {
          throw error;
        }
      });
      if (task?.taskStatus === "COMPLETE") {
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
    return false;
  };
}
