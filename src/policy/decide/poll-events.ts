import { printable } from "../../task/printable.ts";
import { isKnownStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import type { PollEvent, ProgressEvent, WaitEvent } from "../../task/wait-events.ts";
import type { WaitState } from "../state/wait-state.ts";
import type { NextPoll } from "./next-poll.ts";

const MAX_WARNINGS = 20;
const MAX_STATUS_LENGTH = 80;

/**
 * The events of a successful poll: the poll itself, and what has changed since the poll before.
 *
 * @param next - The decision; undefined after the last poll.
 */
export function pollEvents(
  { taskId, task: previous }: WaitState,
  task: Task,
  callMs: number,
  next?: NextPoll,
): readonly WaitEvent[] {
  const poll: WaitEvent = {
    name: "poll",
    payload:
      next === undefined
        ? { taskId, task, callMs }
        : { taskId, task, callMs, nextPollMs: next.delayMs, ...etaOf(next) },
  };
  const progress: WaitEvent | undefined =
    task.progress !== undefined && task.progress !== previous?.progress
      ? { name: "progress", payload: progressEvent(taskId, task, previous, next?.etaMs) }
      : undefined;
  if (task.taskStatus === previous?.taskStatus) {
    return progress === undefined ? [poll] : [poll, progress];
  }
  const payload = previous === undefined ? { taskId, task } : { taskId, task, previous };
  const status: WaitEvent = { name: "status", payload };
  return progress === undefined ? [poll, status] : [poll, status, progress];
}

/** When the task ends, as its service says or as earlier ones of its type did. */
function etaOf({
  timeLeft,
  etaMs: predictedMs,
  isEstimated,
}: NextPoll): Pick<PollEvent, "etaMs" | "etaSpanMs" | "etaRuns"> {
  if (timeLeft === undefined) {
    return isEstimated && predictedMs !== undefined ? { etaMs: Math.round(predictedMs) } : {};
  }
  const { median, span, runs } = timeLeft;
  const etaMs = Math.round(1000 * median);
  return span === undefined
    ? { etaMs, etaRuns: runs }
    : { etaMs, etaRuns: runs, etaSpanMs: [Math.round(1000 * span[0]), Math.round(1000 * span[1])] };
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

/** Warns of an unknown status, once. The wait goes on: newer versions of the service may have more statuses. */
export function unknownStatusWarning(state: WaitState, task: Task): WaitEvent | undefined {
  const { warned = [] } = state;
  const status = shortStatus(task);
  if (isKnownStatus(task.taskStatus) || warned.includes(status) || warned.length >= MAX_WARNINGS) {
    return undefined;
  }
  const { nearestWord } = task;
  const hint =
    nearestWord === undefined
      ? ""
      : `, which the declaration has as "${printable(nearestWord, MAX_STATUS_LENGTH)}"`;
  const message = `task ${state.taskId} has the unknown status "${status}"${hint}; waiting goes on`;
  return { name: "warning", payload: { taskId: state.taskId, code: "UNKNOWN_STATUS", message } };
}

/** The status as warnings show it and as {@link WaitState.warned} keeps it. */
export function shortStatus({ taskStatus }: Task): string {
  return printable(taskStatus, MAX_STATUS_LENGTH);
}
