import { jittered } from "../../async/backoff.ts";
import type { EndPrediction } from "../forecast/end-prediction.ts";
import { gapForPrice } from "../forecast/expected-delay.ts";
import { estimateReliability, historyOf, reliabilityOf, type TypeHistory } from "../forecast/history.ts";
import { type PollValueCurve, pollValueCurve } from "../forecast/poll-value.ts";
import type { RunStart } from "../forecast/progress-extrapolation.ts";
import { RemainingTime } from "../forecast/remaining-time.ts";
import { estimateWeight } from "../forecast/service-estimate.ts";
import { type TimeLeft, timeLeft } from "../forecast/time-left.ts";
import type { DecideContext } from "../state/decision.ts";
import { askedDelayMs, beforeDeadline, withinIntervals } from "../state/delay-limits.ts";
import type { WaitState } from "../state/wait-state.ts";
import { isQueued, runStart } from "./start-estimate.ts";

/** When the next poll is due, and when the task is expected to end. */
export interface NextPoll {
  /** Milliseconds from now. */
  readonly delayMs: number;
  /** Milliseconds until the task is expected to end; undefined when that is not known. */
  readonly etaMs: number | undefined;
  /** Whether the service itself says so. */
  readonly isEstimated: boolean;
  /** How long earlier tasks of the type had left at this age; undefined where `etaMs` is known, or too few are. */
  readonly timeLeft: TimeLeft | undefined;
  /**
   * The value of a poll until then and later. It begins one call before the last poll, so that it reaches the price
   * when the next call has to be sent.
   */
  readonly pollValue: PollValueCurve;
}

const MIN_ETA_RELIABILITY = 0.5;

/**
 * The delay after which the expected unnoticed wait reaches `waitPriceMs`, given what is known of the task, within the
 * bounds of the options; and not before the service wants it.
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
  const byEstimate = isWaiting ? undefined : reliableEstimate(state, known);
  const prediction = isWaiting ? undefined : (byEstimate?.prediction ?? state.progressTrack?.prediction);
  const expected = isWaiting
    ? new RemainingTime((nowMs - state.startedAtMs) / 1000)
    : new RemainingTime(age, known, prediction, byEstimate?.weight);
  const priced = gapForPrice(expected, price);
  // A queued task still has to wait and then to run.
  const gap = isWaiting ? Math.max(priced, gapForPrice(new RemainingTime(0, known), price)) : priced;
  const pollValue = pollValueCurve(expected, gap, price, nowMs - callMs);
  let boundedGap = gap;
  let etaMs: number | undefined;
  if (prediction !== undefined) {
    const { remaining, scale } = prediction;
    const isReliable =
      expected.predictionWeight >= MIN_ETA_RELIABILITY && scale <= Math.max(1, remaining / 2);
    etaMs = isReliable ? 1000 * remaining : undefined;
    const stretch = 1 / Math.sqrt(1 - expected.predictionWeight);
    expected.dropPrediction();
    if (expected.at(gap / stretch).unnoticed > price) {
      boundedGap = stretch * gapForPrice(expected, price);
    }
  }
  const ownMs = withinIntervals(1000 * boundedGap - callMs, context);
  const pollAfterMs = state.task?.pollAfterMs;
  const wantedMs = pollAfterMs === undefined ? ownMs : Math.max(ownMs, askedDelayMs(pollAfterMs, context));
  const left =
    etaMs !== undefined || isWaiting || known === undefined ? undefined : timeLeft(known.durations, age);
  return {
    delayMs: beforeDeadline(wantedMs, state, context),
    etaMs,
    isEstimated: byEstimate !== undefined,
    timeLeft: left,
    pollValue,
  };
}

/** The service's own estimate, unless the progress of the task tells its end more exactly, or as reliably. */
function reliableEstimate(
  { estimateTrack, progressTrack }: WaitState,
  known: TypeHistory | undefined,
): { readonly prediction: EndPrediction; readonly weight: number } | undefined {
  if (estimateTrack === undefined) {
    return undefined;
  }
  const { prediction } = estimateTrack;
  const weight = estimateWeight(estimateReliability(known), estimateTrack);
  const byProgress = progressTrack?.prediction;
  const isBest =
    byProgress === undefined ||
    (weight >= MIN_ETA_RELIABILITY && prediction.scale < byProgress.scale) ||
    reliabilityOf(known) < weight;
  return isBest ? { prediction, weight } : undefined;
}
