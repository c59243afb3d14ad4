import { ageExpectation } from "./age-expectation.ts";
import type { DecideContext } from "./decision.ts";
import { gapForPrice } from "./expectation.ts";
import type { WaitState } from "./wait-state.ts";

/** When the task is worth another look, and when it is expected to end. */
export interface NextLook {
  /** Milliseconds from now. */
  readonly delayMs: number;
  /** Milliseconds until the task is expected to end; absent when that can't be told. */
  readonly etaMs?: number;
}

/**
 * The wait price at work: the delay after which the expected unnoticed wait reaches `waitPriceMs`, given what
 * is known of the task.
 */
export function nextLook(state: WaitState, { nowMs, options }: DecideContext): NextLook {
  const expectation = ageExpectation(ageMs(state, nowMs) / 1000);
  return { delayMs: 1000 * gapForPrice(expectation, options.waitPriceMs / 1000) };
}

/**
 * How long the task has been running, as far as we know: since its own `startTime` when that is earlier than
 * the wait. A start in the future is another clock's, and counts for nothing.
 */
function ageMs(state: WaitState, nowMs: number): number {
  const waitedMs = Math.max(0, nowMs - state.startedAtMs);
  const startedMs = (state.task?.startTime ?? Number.POSITIVE_INFINITY) * 1000;
  return Math.max(waitedMs, nowMs - startedMs);
}
