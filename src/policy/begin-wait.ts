import { checkTaskId } from "../task/task-id.ts";
import { gapForPrice } from "./expectation.ts";
import { historyOf, type TaskHistory } from "./history.ts";
import { usualExpectation } from "./usual-expectation.ts";
import type { ResolvedWaitOptions } from "./wait-options.ts";
import { restoreWait, WAIT_STATE_VERSION, type WaitState } from "./wait-state.ts";

/** A task that the caller has started just now. */
export interface JustStarted {
  /** As the service will call it, when the caller knows; then history can tell when to look first. */
  readonly taskType?: string;
}

/** What a wait begins with. */
export interface BeginWaitContext {
  readonly nowMs: number;
  readonly options: ResolvedWaitOptions;
  /** Only when the task can't have run before now. */
  readonly justStarted?: JustStarted;
  readonly history?: TaskHistory;
}

/**
 * The state of a wait that begins now. Its first look is due at once, unless the task has just started: then
 * it is due when a look at such a task is worth its price.
 *
 * @throws {@link InvalidOptionError} when the task id can't be one.
 */
export function beginWait(
  taskId: string,
  { nowMs, options, justStarted, history }: BeginWaitContext,
): WaitState {
  checkTaskId(taskId);
  const firstLookMs = justStarted === undefined ? 0 : firstDelayMs(justStarted, options, history);
  return {
    version: WAIT_STATE_VERSION,
    taskId,
    startedAtMs: nowMs,
    deadlineMs: nowMs + options.timeoutMs,
    nextPollAtMs: nowMs + firstLookMs,
    polls: 0,
    failures: 0,
    failuresInARow: 0,
    throttledInARow: 0,
    contactAtMs: nowMs,
    ...(justStarted === undefined ? {} : { notRunningAtMs: nowMs }),
  };
}

function firstDelayMs(
  { taskType }: JustStarted,
  options: ResolvedWaitOptions,
  history: TaskHistory | undefined,
): number {
  const gapMs =
    1000 * gapForPrice(usualExpectation(historyOf(history, taskType), 0), options.waitPriceMs / 1000);
  return Math.min(options.maxIntervalMs, options.timeoutMs, Math.max(options.minIntervalMs, gapMs));
}

/**
 * The state of a wait that goes on from a checkpoint: its counts, its deadline and what it has seen stay; only
 * the time in which nobody looked is not held against the service as an outage.
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
