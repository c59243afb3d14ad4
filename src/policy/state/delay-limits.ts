import { JITTER } from "../../async/backoff.ts";
import type { DecideContext } from "./decision.ts";
import type { ResolvedWaitOptions } from "./wait-options.ts";
import type { WaitState } from "./wait-state.ts";

const DEFAULT_CALL_MS = 100;
const MIN_LEAD_MS = 50;

/** Keeps a delay between `minIntervalMs` and `maxIntervalMs`. */
export function withinIntervals(delayMs: number, { options }: Pick<DecideContext, "options">): number {
  return Math.min(options.maxIntervalMs, Math.max(options.minIntervalMs, delayMs));
}

/**
 * The delay that the service asked for, at most `maxIntervalMs`. It is never shorter than asked, and spread over a
 * tenth, or all waits would come back at once.
 */
export function askedDelayMs(
  retryAfterMs = 0,
  { options: { maxIntervalMs }, random }: Pick<DecideContext, "options" | "random">,
): number {
  const spread = JITTER * random();
  return retryAfterMs >= maxIntervalMs
    ? maxIntervalMs * (1 - spread)
    : Math.min(maxIntervalMs, retryAfterMs * (1 + spread));
}

/** How long before the deadline the last poll must be sent, so that its answer can arrive in time. */
export function lastPollLeadMs(state: WaitState, options: ResolvedWaitOptions): number {
  return Math.min(options.pollTimeoutMs, Math.max(MIN_LEAD_MS, 2 * (state.callMs ?? DEFAULT_CALL_MS)));
}

/**
 * Keeps a delay before the deadline. A poll that would be answered too late moves, once, to the last moment from
 * which an answer can arrive in time. After that moment, the next step is the deadline itself.
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

/**
 * When the current outage began, now that a call has failed. An outage begins with its first failed call: the time
 * before that, in which nobody called (a long gap, a rate limit, a pause that the service asked for), does not count.
 * Otherwise one fault after a long gap would spend the whole budget.
 *
 * @param before - The state before the failure is counted.
 * @param calledAtMs - When the failed call was sent.
 */
export function outageSinceMs(before: WaitState, calledAtMs: number): number {
  return before.failuresInARow === 0 ? Math.max(before.contactAtMs, calledAtMs) : before.contactAtMs;
}

/**
 * The part of a call that counts as an outage: no call takes longer than its time limit, except in a process that was
 * suspended.
 */
export function countedCallMs({ callMs = 0, options }: Pick<DecideContext, "callMs" | "options">): number {
  return Math.min(callMs, options.pollTimeoutMs);
}
