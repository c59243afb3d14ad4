import type { ResolvedWaitOptions } from "../state/wait-options.ts";
import type { WaitState } from "../state/wait-state.ts";

/**
 * When the next poll of a hinted task is due, in Unix milliseconds: now, but not sooner than `minIntervalMs` after the
 * last one. A hint says that the task may have ended, not that the service is well again, so a pause after a throttled
 * or failed poll holds.
 */
export function hintedPollAtMs(
  { startedAtMs, nextPollAtMs, polledAtMs, failuresInARow, throttledInARow }: WaitState,
  { minIntervalMs }: Pick<ResolvedWaitOptions, "minIntervalMs">,
): number {
  if (failuresInARow + throttledInARow > 0) {
    return nextPollAtMs;
  }
  return Math.min(nextPollAtMs, polledAtMs === undefined ? startedAtMs : polledAtMs + minIntervalMs);
}
