import type { DecideContext } from "./decision.ts";
import { lastPollLeadMs } from "./last-poll.ts";
import type { WaitState } from "./wait-state.ts";

/** Keeps a delay between `minIntervalMs` and `maxIntervalMs`. */
export function withinIntervals(delayMs: number, { options }: Pick<DecideContext, "options">): number {
  return Math.min(options.maxIntervalMs, Math.max(options.minIntervalMs, delayMs));
}

/**
 * Keeps a delay before the deadline. A look that would come too late to be answered in time is pulled forward,
 * once, to the last moment from which an answer can still be expected; when that moment has passed, there is
 * nothing left to do until the deadline.
 */
export function beforeDeadline(
  delayMs: number,
  state: WaitState,
  { nowMs, options }: Pick<DecideContext, "nowMs" | "options">,
): number {
  const leftMs = Math.max(0, state.deadlineMs - nowMs);
  const leadMs = lastPollLeadMs(state, options);
  const lastChanceMs = leftMs - leadMs;
  if (delayMs <= lastChanceMs) {
    return delayMs;
  }
  return lastChanceMs >= Math.min(options.minIntervalMs, leadMs) ? lastChanceMs : leftMs;
}
