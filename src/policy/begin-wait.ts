import { checkTaskId } from "../task/task-id.ts";
import type { ResolvedWaitOptions } from "./wait-options.ts";
import { restoreWait, WAIT_STATE_VERSION, type WaitState } from "./wait-state.ts";

/**
 * The state of a wait that begins now. Its first look is due at once.
 *
 * @throws {@link InvalidOptionError} when the task id can't be one.
 */
export function beginWait(
  taskId: string,
  { nowMs, options }: { readonly nowMs: number; readonly options: ResolvedWaitOptions },
): WaitState {
  checkTaskId(taskId);
  return {
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
