import { checkTaskId } from "../../task/task-id.ts";
import { gapForPrice } from "../forecast/expected-delay.ts";
import { historyOf, type TaskHistory } from "../forecast/history.ts";
import { RemainingTime } from "../forecast/remaining-time.ts";
import { beforeDeadline, withinIntervals } from "../state/delay-limits.ts";
import type { JustStarted, ResolvedWaitOptions } from "../state/wait-options.ts";
import { restoreWait, WAIT_STATE_VERSION, type WaitState } from "../state/wait-state.ts";

/** What a wait begins with. */
export interface BeginWaitContext {
  readonly nowMs: number;
  readonly options: ResolvedWaitOptions;
  /** Only when the task can't have run before now. */
  readonly justStarted?: boolean | JustStarted | undefined;
  readonly history?: TaskHistory;
}

/**
 * The state of a wait that begins now. Its first poll is due at once, unless the task has just started: then it is
 * due when the expected unnoticed wait reaches the wait price.
 *
 * @throws {@link InvalidOptionError} when the task id is not valid.
 */
export function beginWait(
  taskId: string,
  { nowMs, options, justStarted, history }: BeginWaitContext,
): WaitState {
  checkTaskId(taskId);
  const state: WaitState = {
    version: WAIT_STATE_VERSION,
    taskId,
    startedAtMs: nowMs,
    deadlineMs: nowMs + options.timeoutMs,
    nextPollAtMs: nowMs,
    polls: 0,
    failures: 0,
    failuresInARow: 0,
    throttledInARow: 0,
    contactAtMs: nowMs,
  };
  if (justStarted === undefined || justStarted === false) {
    return state;
  }
  const known = historyOf(history, justStarted === true ? undefined : justStarted.taskType);
  const gapMs = 1000 * gapForPrice(new RemainingTime(0, known), options.waitPriceMs / 1000);
  const delayMs = beforeDeadline(withinIntervals(gapMs, { options }), state, { nowMs, options });
  return { ...state, notRunningAtMs: nowMs, nextPollAtMs: nowMs + delayMs };
}

/**
 * The state of a wait that goes on from a checkpoint. Its counts, its deadline and what it has seen stay. The time in
 * which nobody polled does not count as an outage.
 *
 * @throws {@link InvalidOptionError} when it is no checkpoint, or one of another version or task.
 */
export function resumeWait(
  taskId: string,
  { checkpoint, nowMs }: { readonly checkpoint: unknown; readonly nowMs: number },
): WaitState {
  checkTaskId(taskId);
  const state = restoreWait(checkpoint, taskId);
  return { ...state, contactAtMs: nowMs };
}
