import { printable } from "../task/printable.ts";
import { isKnownStatus } from "../task/status.ts";
import type { Task } from "../task/task.ts";
import type { ProgressEvent, WaitEvent } from "../task/wait-events.ts";
import type { DecideContext } from "./decision.ts";
import type { WaitState } from "./wait-state.ts";

const MOST_WARNINGS = 20;

/** What was decided on a good look, as far as its events tell. */
export interface LookVerdict {
  readonly context: DecideContext;
  readonly warning: WaitEvent | undefined;
  readonly nextPollMs?: number | undefined;
  readonly etaMs?: number | undefined;
}

/** The events of a good look: that it was made, and what has changed since the look before. */
export function lookEvents(
  { taskId, task: previous }: WaitState,
  task: Task,
  { context, warning, nextPollMs, etaMs }: LookVerdict,
): readonly WaitEvent[] {
  const callMs = context.callMs ?? 0;
  const poll: WaitEvent = {
    name: "poll",
    payload: nextPollMs === undefined ? { taskId, task, callMs } : { taskId, task, callMs, nextPollMs },
  };
  const isOtherStatus = task.taskStatus !== previous?.taskStatus;
  const hasMoved = task.progress !== undefined && task.progress !== previous?.progress;
  if (!isOtherStatus && !hasMoved && warning === undefined) {
    return [poll];
  }
  const progress: WaitEvent | undefined = hasMoved
    ? { name: "progress", payload: progressEvent(taskId, task, previous, etaMs) }
    : undefined;
  if (!isOtherStatus && progress !== undefined && warning === undefined) {
    return [poll, progress];
  }
  const status: WaitEvent | undefined = isOtherStatus
    ? { name: "status", payload: previous === undefined ? { taskId, task } : { taskId, task, previous } }
    : undefined;
  return [poll, status, progress, warning].filter((event) => event !== undefined);
}

function progressEvent(
  taskId: string,
  task: Task,
  previous: Task | undefined,
  etaMs: number | undefined,
): ProgressEvent {
  if (etaMs === undefined) {
    return previous === undefined ? { taskId, task } : { taskId, task, previous };
  }
  return previous === undefined ? { taskId, task, etaMs } : { taskId, task, previous, etaMs };
}

/** An unknown status is told once, and changes nothing: it may be one that the service has learned since. */
export function unknownStatusWarning(state: WaitState, task: Task): WaitEvent | undefined {
  const { taskStatus } = task;
  const warned = state.warned ?? [];
  if (isKnownStatus(taskStatus) || warned.includes(taskStatus) || warned.length >= MOST_WARNINGS) {
    return undefined;
  }
  const message = `task ${state.taskId} has the unknown status "${printable(taskStatus, 80)}"; waiting goes on`;
  return { name: "warning", payload: { taskId: state.taskId, code: "UNKNOWN_STATUS", message } };
}
