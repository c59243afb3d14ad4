import type { WaitState } from "./wait-state.ts";

/**
 * Since when the service has not been heard, now that a call has failed. An outage begins with its first
 * failed call: the time in which nobody asked (a long gap, a full limiter, a pause that the service wanted) is
 * not held against the service, or one fault after a long gap would spend the whole budget.
 *
 * @param before - The state before the failure is counted.
 * @param calledAtMs - When the call went out.
 */
export function outageSinceMs(before: WaitState, calledAtMs: number): number {
  return before.failuresInARow === 0 ? Math.max(before.contactAtMs, calledAtMs) : before.contactAtMs;
}
