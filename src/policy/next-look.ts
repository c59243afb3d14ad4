import { ageExpectation } from "./age-expectation.ts";
import type { DecideContext } from "./decision.ts";
import { gapForPrice } from "./expectation.ts";
import { historyOf, trustOf } from "./history.ts";
import { logisticExpectation } from "./logistic-expectation.ts";
import { mixtureExpectation } from "./mixture-expectation.ts";
import { isQueued, runStart } from "./run-clock.ts";
import { usualExpectation } from "./usual-expectation.ts";
import type { WaitState } from "./wait-state.ts";
import { type WorthCurve, worthCurve } from "./worth.ts";

/** When the task is worth another look, and when it is expected to end. */
export interface NextLook {
  /** Milliseconds from now. */
  readonly delayMs: number;
  /** Milliseconds until the task is expected to end; absent when that can't be told. */
  readonly etaMs?: number;
  /**
   * How the worth of the look grows until then and beyond; counted from a call's length before the last, so that it
   * is worth the price when the next has to be sent.
   */
  readonly worth: WorthCurve;
}

const JITTER = 0.1;
const LEAST_ETA_TRUST = 0.5;

/**
 * The wait price at work: the delay after which the expected unnoticed wait reaches `waitPriceMs`, given what
 * is known of the task.
 */
export function nextLook(state: WaitState, context: DecideContext): NextLook {
  const { nowMs, random, options } = context;
  const price = (options.waitPriceMs / 1000) * (1 - JITTER + 2 * JITTER * random());
  const callMs = state.callMs ?? 0;
  const { startedAtMs } = runStart(state, context.clockOffsetMs);
  const age = Math.max(0, nowMs - (context.callMs ?? 0) / 2 - startedAtMs) / 1000;
  const known = historyOf(context.history, state.task?.taskType);
  if (state.task !== undefined && isQueued(state.task)) {
    const waited = ageExpectation((nowMs - state.startedAtMs) / 1000);
    const gap = Math.max(gapForPrice(waited, price), gapForPrice(usualExpectation(known, 0), price));
    return { delayMs: 1000 * gap - callMs, worth: worthCurve(waited, gap, price, nowMs - callMs) };
  }
  const usual = usualExpectation(known, age);
  const prediction = state.progressTrack?.prediction;
  if (prediction === undefined) {
    const gap = gapForPrice(usual, price);
    return { delayMs: 1000 * gap - callMs, worth: worthCurve(usual, gap, price, nowMs - callMs) };
  }
  const trust = trustOf(known);
  const { remaining, scale } = prediction;
  const all = mixtureExpectation(trust, logisticExpectation(remaining, scale), usual);
  const gap = gapForPrice(all, price);
  const stretch = 1 / Math.sqrt(1 - trust);
  const bounded = usual.unnoticed(gap / stretch) <= price ? gap : stretch * gapForPrice(usual, price);
  const isTold = trust >= LEAST_ETA_TRUST && scale <= Math.max(1, remaining / 2);
  const delayMs = 1000 * bounded - callMs;
  const worth = worthCurve(all, gap, price, nowMs - callMs);
  return isTold ? { delayMs, worth, etaMs: 1000 * remaining } : { delayMs, worth };
}
