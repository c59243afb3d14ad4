import { readableTask } from "../../task/parse-task.ts";
import { historyOf, rememberEarlier, type TaskHistory } from "../forecast/history.ts";
import type { PollValueCurve } from "../forecast/poll-value.ts";
import type { DecideContext } from "../state/decision.ts";
import type { ResolvedWaitOptions } from "../state/wait-options.ts";
import type { WaitState } from "../state/wait-state.ts";
import { serviceRunTimeS } from "./learn-from-wait.ts";
import { nextPoll } from "./next-poll.ts";
import { isQueued, runStart } from "./start-estimate.ts";

/** With so many run times a forecast needs no more of them. */
const ENOUGH_RUNS = 5;
// By age alone a task of age X costs about 1.5 sqrt(2 price X) more by its end, of which history saves three tenths: more
// than one price from 2.5 prices on. A task that ends before its second poll shall not pay for it.
const MIN_AGE_IN_PRICES = 3.6;

/**
 * Whether the run times of earlier tasks save a wait more than the one call for them costs: the task runs for a while
 * already, nothing tells its end, and few run times of its type are known.
 */
export function needsEarlierRuns(
  state: WaitState,
  { waitPriceMs }: ResolvedWaitOptions,
  {
    nowMs,
    history,
    clockOffsetMs,
  }: { readonly nowMs: number; readonly history: TaskHistory; readonly clockOffsetMs: number | undefined },
): boolean {
  const { task, ended, deadlineMs } = state;
  const minMs = MIN_AGE_IN_PRICES * waitPriceMs;
  return (
    task !== undefined &&
    ended === undefined &&
    !isQueued(task) &&
    (state.progressTrack?.prediction ?? state.estimateTrack) === undefined &&
    (historyOf(history, task.taskType)?.durations.length ?? 0) < ENOUGH_RUNS &&
    nowMs - runStart(state, clockOffsetMs).startedAtMs >= minMs &&
    deadlineMs - nowMs >= minMs
  );
}

/** The history with the run times that listed tasks of the type had, the newest last. What can't be read is left out. */
export function rememberEarlierRuns(
  history: TaskHistory,
  listed: readonly unknown[],
  taskType: string | undefined,
): TaskHistory {
  const durations = listed
    .flatMap((item) => readableTask(item) ?? [])
    .filter((task) => task.taskType === taskType && task.taskStatus === "COMPLETE")
    .sort((a, b) => (a.completeTime ?? 0) - (b.completeTime ?? 0))
    .flatMap((task) => serviceRunTimeS(task) ?? []);
  return rememberEarlier(history, taskType, durations);
}

/** The next poll of a wait about whose type more is known than when its last poll was decided on. */
export function reforecast(
  state: WaitState,
  context: DecideContext,
): { readonly state: WaitState; readonly pollValue: PollValueCurve } | undefined {
  const { polledAtMs, callMs = 0, failuresInARow, throttledInARow, task } = state;
  if (polledAtMs === undefined || task === undefined || failuresInARow + throttledInARow > 0) {
    return undefined;
  }
  const { delayMs, pollValue } = nextPoll(state, { ...context, nowMs: polledAtMs, callMs });
  return {
    state: { ...state, nextPollAtMs: Math.max(context.nowMs, polledAtMs + delayMs) },
    pollValue,
  };
}
