import { formatDurationMs } from "../../options/duration.ts";
import { isProtocolError } from "../../task/errors.ts";
import { failureOutcome, type Outcome } from "../../task/outcome.ts";
import { printable } from "../../task/printable.ts";
import { type FinalTaskStatus, isFinalStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import { endEvents } from "../../task/wait-events.ts";
import type { Mismatch } from "../observe/read-result.ts";
import type { Decision } from "../state/decision.ts";
import { failureOf, failureRecord } from "../state/last-failure.ts";
import type { EndedState, WaitState } from "../state/wait-state.ts";

type Settled = Extract<Decision, { kind: "settle" }>;

// The service was throttled itself, or reports a passing fault.
const RETRYABLE =
  /too many requests|throttl|flow control|rate.?limit|temporar|timed? ?out|timeout|try again|busy|unavailable|internal error/i;

// Texts of the service may be huge. They are cut before any regular expression searches them.
const MAX_SEARCHED_LENGTH = 4096;

const KIND_OF: Readonly<Record<FinalTaskStatus, "complete" | "failed" | "expired" | "canceled">> = {
  COMPLETE: "complete",
  FAILED: "failed",
  EXPIRED: "expired",
  CANCELED: "canceled",
};

/** Ends the wait because the task has ended. */
export function settleEnded(state: WaitState, status: FinalTaskStatus, nowMs: number): Settled {
  const kind = KIND_OF[status];
  const message = kind === "complete" ? "" : describeEnd(state, kind, nowMs);
  return settle(state, { kind, message }, nowMs);
}

/** Ends the wait because its time is up. */
export function settleTimedOut(state: WaitState, nowMs: number, lastFailure?: Error): Settled {
  const waited = formatDurationMs(Math.max(0, nowMs - state.startedAtMs));
  const failed = state.failures === 0 ? "" : ` (${state.failures} failed)`;
  const polls = `${plural(state.polls, "poll")}${failed}`;
  const failure = lastFailure === undefined ? "" : `; last failure: ${printable(lastFailure.message)}`;
  const message = `gave up waiting for task ${state.taskId} after ${waited} and ${polls}: ${describeLastSeen(state)}${failure}`;
  return settle(state, { kind: "timedOut", message }, nowMs, lastFailure);
}

/** Ends the wait because the service keeps answering that it knows no such task. */
export function settleNotFound(state: WaitState, error: Error, nowMs: number): Settled {
  const message = `task ${state.taskId} is not known to the service: ${printable(error.message)}`;
  return settle(state, { kind: "notFound", message }, nowMs, error);
}

/** Ends the wait because the caller has no access. */
export function settleDenied(state: WaitState, error: Error, nowMs: number): Settled {
  const message = `not allowed to see task ${state.taskId}: ${printable(error.message)}`;
  return settle(state, { kind: "denied", message }, nowMs, error);
}

/** Ends the wait because there is no usable answer. */
export function settleUnreachable(state: WaitState, error: Error, nowMs: number): Settled {
  return settle(state, { kind: "unreachable", message: describeUnreachable(state, error) }, nowMs, error);
}

/** Ends the wait because asking again can't help. */
export function settlePermanent(state: WaitState, error: Error, nowMs: number): Settled {
  if (!isProtocolError(error)) {
    return settleUnreachable(state, error, nowMs);
  }
  const message = describeUnreachable(state, error);
  return settle(state, { kind: "unreachable", message, isProtocol: true }, nowMs, error.cause ?? error);
}

/** Ends the wait because the task has completed with a result that can't be used. */
export function settleMismatch(completed: WaitState, { mismatch, cause }: Mismatch, nowMs: number): Settled {
  return settle(completed, { kind: "unreachable", message: mismatch, isProtocol: true }, nowMs, cause);
}

/** The decision of a wait that has ended already: the same outcome, and no events. */
export function settleAgain(state: EndedState, nowMs: number): Settled {
  return { kind: "settle", state, outcome: makeOutcome(state, nowMs, failureOf(state)), events: [] };
}

/** Settles a wait that was resumed from the checkpoint of an ended wait: same outcome, with the events of an end. */
export function settleResumed(state: EndedState, nowMs: number): Settled {
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

function settle(open: WaitState, ended: EndedState["ended"], nowMs: number, cause?: unknown): Settled {
  const lastFailure = cause instanceof Error ? failureRecord(cause) : undefined;
  const state: EndedState = { ...open, lastFailure, nextPollAtMs: nowMs, ended };
  const outcome = makeOutcome(state, nowMs, cause);
  return { kind: "settle", state, outcome, events: endEvents(outcome) };
}

/** The outcome of a state that has ended. */
function makeOutcome(state: EndedState, nowMs: number, cause?: unknown): Outcome {
  const { task, ended } = state;
  const { kind, message, isProtocol } = ended;
  if (kind === "complete") {
    return { kind, task: task as Task };
  }
  if (kind === "aborted") {
    return { kind, error: new DOMException(message, "AbortError"), ...withTask(state) };
  }
  return failureOutcome(kind, message, {
    taskId: state.taskId,
    polls: state.polls,
    failures: state.failures,
    elapsedMs: Math.max(0, nowMs - state.startedAtMs),
    retryable: RETRYABLE.test(task?.errorMessage?.slice(0, MAX_SEARCHED_LENGTH) ?? ""),
    isProtocol,
    cause,
    ...withTask(state),
  });
}

function withTask(state: WaitState): { readonly task?: Task } {
  return state.task === undefined ? {} : { task: state.task };
}

function describeEnd(state: WaitState, kind: "failed" | "expired" | "canceled", nowMs: number): string {
  const words = { failed: "failed", expired: "expired", canceled: "was canceled" };
  const { taskType, errorMessage } = state.task ?? {};
  const type = taskType === undefined ? "" : ` (${printable(taskType, 60)})`;
  const why = errorMessage?.trim();
  const waited = formatDurationMs(Math.max(0, nowMs - state.startedAtMs));
  return `task ${state.taskId}${type} ${words[kind]}${why ? `: ${printable(why)}` : ""} [waited ${waited}]`;
}

function describeLastSeen({ task, missingSinceMs }: WaitState): string {
  if (task !== undefined) {
    // A task that has ended settles its wait, unless a schema reads its result for so long.
    const since = isFinalStatus(task.taskStatus)
      ? ", and its result was still being read"
      : `${describePercent(task)} and may still be running`;
    return `it was last seen ${printable(task.taskStatus, 40)}${since}`;
  }
  return missingSinceMs === undefined
    ? "it was never seen and may still be running"
    : "the service does not know this task";
}

function describeUnreachable(state: WaitState, error: Error): string {
  return `could not find out how task ${state.taskId} is, after ${plural(state.failures, "failed poll")}: ${printable(error.message)}`;
}

function describePercent(task: Task): string {
  return task.percent === undefined ? "" : ` at ${task.percent} %`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
