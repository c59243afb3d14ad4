import { jittered } from "../../async/backoff.ts";
import { gapForPrice } from "../forecast/expected-delay.ts";
import { historyOf } from "../forecast/history.ts";
import { type PollValueCurve, pollValueCurve } from "../forecast/poll-value.ts";
import type { RunStart } from "../forecast/progress-extrapolation.ts";
import { RemainingTime } from "../forecast/remaining-time.ts";
import type { DecideContext } from "../state/decision.ts";
import { beforeDeadline, withinIntervals } from "../state/delay-limits.ts";
import type { WaitState } from "../state/wait-state.ts";
import { isQueued, runStart } from "./start-estimate.ts";

/** When the task is worth another look, and when it is expected to end. */
export interface NextPoll {
  /** Milliseconds from now. */
  readonly delayMs: number;
  /** Milliseconds until the task is expected to end; undefined when that can't be told. */
  readonly etaMs: number | undefined;
  /**
   * How the worth of the look grows until then and beyond; counted from a call's length before the last, so that it
   * is worth the price when the next has to be sent.
   */
  readonly worth: PollValueCurve;
}

const MIN_ETA_TRUST = 0.5;

/**
 * The wait price at work: the delay after which the expected unnoticed wait reaches `waitPriceMs`, given what
 * is known of the task, within the bounds that the options set.
 */
export function nextPoll(
  state: WaitState,
  context: DecideContext,
  { startedAtMs }: RunStart = runStart(state, context.clockOffsetMs),
): NextPoll {
  const { nowMs, random, options } = context;
  const price = jittered(options.waitPriceMs / 1000, random);
  const callMs = state.callMs ?? 0;
  const age = (nowMs - (context.callMs ?? 0) / 2 - startedAtMs) / 1000;
  const known = historyOf(context.history, state.task?.taskType);
  const isWaiting = state.task !== undefined && isQueued(state.task);
  const prediction = isWaiting ? undefined : state.progressTrack?.prediction;
  const outlook = isWaiting
    ? new RemainingTime((nowMs - state.startedAtMs) / 1000)
    : new RemainingTime(age, known, prediction);
  const priced = gapForPrice(outlook, price);
  // A task in a queue has yet to wait and then to run.
  const gap = isWaiting ? Math.max(priced, gapForPrice(new RemainingTime(0, known), price)) : priced;
  const worth = pollValueCurve(outlook, gap, price, nowMs - callMs);
  let trusted = gap;
  let etaMs: number | undefined;
  if (prediction !== undefined) {
    const { remaining, scale } = prediction;
    const isTold = outlook.trust >= MIN_ETA_TRUST && scale <= Math.max(1, remaining / 2);
    etaMs = isTold ? 1000 * remaining : undefined;
    const stretch = 1 / Math.sqrt(1 - outlook.trust);
    outlook.forgetProgress();
    if (outlook.at(gap / stretch).unnoticed > price) {
      trusted = stretch * gapForPrice(outlook, price);
    }
  }
  const wantedMs = withinIntervals(1000 * trusted - callMs, context);
  return { delayMs: beforeDeadline(wantedMs, state, context), etaMs, worth };
}
