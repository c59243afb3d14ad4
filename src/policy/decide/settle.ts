import { formatDurationMs } from "../../task/duration.ts";
import {
  AccessDeniedError,
  TaskCanceledError,
  TaskExpiredError,
  TaskFailedError,
  TaskNotFoundError,
  type TaskwaitErrorDetails,
  UnreachableError,
  WaitTimeoutError,
} from "../../task/errors.ts";
import type { Outcome, OutcomeKind } from "../../task/outcome.ts";
import { printable } from "../../task/printable.ts";
import type { FinalTaskStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import { endEvents } from "../../task/wait-events.ts";
import type { Decision } from "../state/decision.ts";
import type { WaitState } from "../state/wait-state.ts";

type Settled = Extract<Decision, { kind: "settle" }>;

// The service was throttled itself, or reports a passing fault.
const RETRYABLE =
  /too many requests|throttl|flow control|rate.?limit|temporar|timed? ?out|timeout|try again|busy|unavailable|internal error/i;

const KIND_OF: Readonly<Record<FinalTaskStatus, "complete" | "failed" | "expired" | "canceled">> = {
  COMPLETE: "complete",
  FAILED: "failed",
  EXPIRED: "expired",
  CANCELED: "canceled",
};

/** Ends the wait because the task has ended. */
export function settleEnded(state: WaitState, status: FinalTaskStatus, nowMs: number): Settled {
  const kind = KIND_OF[status];
  return settle(state, kind, kind === "complete" ? "" : describeEnd(state, kind, nowMs), nowMs);
}

/** Ends the wait because its time is up. */
export function settleTimedOut(state: WaitState, nowMs: number): Settled {
  const seen =
    state.task === undefined
      ? "it was never seen"
      : `it was last seen ${printable(state.task.taskStatus, 40)}${describePercent(state.task)}`;
  const waited = formatDurationMs(Math.max(0, nowMs - state.startedAtMs));
  const failed = state.failures === 0 ? "" : ` (${state.failures} failed)`;
  const message = `gave up waiting for task ${state.taskId} after ${waited} and ${plural(state.polls, "poll")}${failed}: ${seen} and may still be running`;
  return settle(state, "timedOut", message, nowMs);
}

/** Ends the wait because the service keeps answering that it knows no such task. */
export function settleNotFound(state: WaitState, error: Error, nowMs: number): Settled {
  const message = `task ${state.taskId} is not known to the service: ${printable(error.message)}`;
  return settle(state, "notFound", message, nowMs, error);
}

/** Ends the wait because the caller has no access. */
export function settleDenied(state: WaitState, error: Error, nowMs: number): Settled {
  const message = `not allowed to see task ${state.taskId}: ${printable(error.message)}`;
  return settle(state, "denied", message, nowMs, error);
}

/** Ends the wait because there is no usable answer. */
export function settleUnreachable(state: WaitState, error: Error, nowMs: number): Settled {
  const message = `could not find out how task ${state.taskId} is, after ${plural(state.failures, "failed poll")}: ${printable(error.message)}`;
  return settle(state, "unreachable", message, nowMs, error);
}

/** The decision of a wait that has ended already: the same outcome, and no events. */
export function settleAgain(state: WaitState, nowMs: number): Settled {
  const { kind, message } = state.ended ?? { kind: "aborted", message: "" };
  return { kind: "settle", state, outcome: makeOutcome(state, kind, message, nowMs), events: [] };
}

/** Settles a wait that was resumed from the checkpoint of an ended wait: same outcome, with the events of an end. */
export function settleResumed(state: WaitState, nowMs: number): Settled {
  const settled = settleAgain(state, nowMs);
  return { ...settled, events: endEvents(settled.outcome) };
}

/**
 * Ends the wait for a reason of the caller. The state stays open, so that a checkpoint of an interrupted wait can be
 * resumed.
 */
export function settleAborted(state: WaitState, reason: unknown): Settled {
  const outcome: Outcome = { kind: "aborted", error: reason, ...withTask(state) };
  return { kind: "settle", state, outcome, events: endEvents(outcome) };
}

function settle(
  open: WaitState,
  kind: Exclude<OutcomeKind, "aborted">,
  message: string,
  nowMs: number,
  cause?: Error,
): Settled {
  const state: WaitState = { ...open, nextPollAtMs: nowMs, ended: { kind, message } };
  const outcome = makeOutcome(state, kind, message, nowMs, cause);
  return { kind: "settle", state, outcome, events: endEvents(outcome) };
}

function makeOutcome(
  state: WaitState,
  kind: OutcomeKind,
  message: string,
  nowMs: number,
  cause?: Error,
): Outcome {
  const details: TaskwaitErrorDetails = {
    taskId: state.taskId,
    polls: state.polls,
    failures: state.failures,
    elapsedMs: Math.max(0, nowMs - state.startedAtMs),
    ...withTask(state),
    ...(cause === undefined ? {} : { cause }),
  };
  switch (kind) {
    case "complete":
      return { kind, task: state.task as Task };
    case "failed": {
      const retryable = RETRYABLE.test(state.task?.errorMessage ?? "");
      return { kind, error: new TaskFailedError(message, { ...details, retryable }), ...withTask(state) };
    }
    case "expired":
      return { kind, error: new TaskExpiredError(message, details), ...withTask(state) };
    case "canceled":
      return { kind, error: new TaskCanceledError(message, details), ...withTask(state) };
    case "timedOut":
      return { kind, error: new WaitTimeoutError(message, details), ...withTask(state) };
    case "notFound":
      return { kind, error: new TaskNotFoundError(message, details), ...withTask(state) };
    case "denied":
      return { kind, error: new AccessDeniedError(message, details), ...withTask(state) };
    case "unreachable":
      return { kind, error: new UnreachableError(message, details), ...withTask(state) };
    case "aborted":
      return { kind, error: new DOMException(message, "AbortError"), ...withTask(state) };
  }
}

function withTask(state: WaitState): { readonly task?: Task } {
  return state.task === undefined ? {} : { task: state.task };
}

function describeEnd(state: WaitState, kind: "failed" | "expired" | "canceled", nowMs: number): string {
  const words = { failed: "failed", expired: "expired", canceled: "was canceled" };
  const type = state.task?.taskType === undefined ? "" : ` (${printable(state.task.taskType, 60)})`;
  const why = state.task?.errorMessage?.trim();
  const waited = formatDurationMs(Math.max(0, nowMs - state.startedAtMs));
  return `task ${state.taskId}${type} ${words[kind]}${why ? `: ${printable(why)}` : ""} [waited ${waited}]`;
}

function describePercent(task: Task): string {
  return task.percent === undefined ? "" : ` at ${task.percent} %`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
