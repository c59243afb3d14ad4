import { backoffMs, SERVICE_BACKOFF } from "../../async/backoff.ts";
import { isFinalStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import type { WaitEvent } from "../../task/wait-events.ts";
import { retryAfterMsOf } from "../observe/classify-error.ts";
import type { Observation } from "../observe/observe.ts";
import type { DecideContext, Decision } from "../state/decision.ts";
import {
  askedDelayMs,
  beforeDeadline,
  countedCallMs,
  outageSinceMs,
  withinIntervals,
} from "../state/delay-limits.ts";
import { failureOf, failureRecord } from "../state/last-failure.ts";
import { hasEnded, type WaitDraft, type WaitState } from "../state/wait-state.ts";
import { nextPoll } from "./next-poll.ts";
import { pollEvents, shortStatus, unknownStatusWarning } from "./poll-events.ts";
import {
  settleAgain,
  settleDenied,
  settleEnded,
  settleNotFound,
  settlePermanent,
  settleTimedOut,
  settleUnreachable,
} from "./settle.ts";
import { trackRun } from "./start-estimate.ts";

const CALL_TIME_WEIGHT = 0.3;

/**
 * The pure step that every driver shares: an observation becomes the next step. Same arguments, same answer.
 *
 * @param state - From {@link beginWait}, or of the decision before.
 * @param observation - The result of the poll.
 * @param context - The time, the random numbers and the options.
 * @returns Poll again after `delayMs`, or settle. A settled state always settles in the same way.
 */
export function decide(state: WaitState, observation: Observation, context: DecideContext): Decision {
  if (hasEnded(state)) {
    return settleAgain(state, context.nowMs);
  }
  switch (observation.kind) {
    case "task":
      return decideOnTask(state, observation.task, context);
    case "throttled":
      return decideOnThrottle(state, observation, context);
    case "transient":
      return decideOnFault(state, observation.error, context);
    case "notFound":
      return decideOnMissing(state, observation.error, context);
    case "denied":
      return settleDenied(countFailure(state, observation.error), observation.error, context.nowMs);
    case "permanent":
      return settlePermanent(countFailure(state, observation.error), observation.error, context.nowMs);
  }
}

/**
 * Ends a wait whose deadline has come. Drivers call it, also while a call hangs.
 *
 * @param lastFailure - The error of the last poll that did not return the task, where the driver has it itself.
 */
export function decideTimeout(state: WaitState, nowMs: number, lastFailure?: Error): Decision {
  if (hasEnded(state)) {
    return settleAgain(state, nowMs);
  }
  return settleTimedOut(state, nowMs, lastFailure ?? failureOf(state));
}

function decideOnTask(before: WaitState, task: Task, context: DecideContext): Decision {
  const { nowMs, callMs = 0 } = context;
  const warning = unknownStatusWarning(before, task);
  const state = stateAfterTask(before, task, context);
  if (warning !== undefined) {
    state.warned = [...(before.warned ?? []), shortStatus(task)];
  }
  const ended = isFinalStatus(task.taskStatus)
    ? settleEnded(state, task.taskStatus, nowMs)
    : nowMs >= state.deadlineMs
      ? settleTimedOut(state, nowMs)
      : undefined;
  if (ended !== undefined) {
    return { ...ended, events: [...withWarning(pollEvents(before, task, callMs), warning), ...ended.events] };
  }
  const start = trackRun(state, task, context);
  const next = nextPoll(state, context, start);
  const { delayMs, pollValue } = next;
  state.nextPollAtMs = nowMs + delayMs;
  const events = withWarning(pollEvents(before, task, callMs, next), warning);
  return { kind: "poll", state, delayMs, events, pollValue };
}

function withWarning(events: readonly WaitEvent[], warning: WaitEvent | undefined): readonly WaitEvent[] {
  return warning === undefined ? events : [...events, warning];
}

/**
 * The state after a successful poll, without what no longer holds. It is one object literal with always the same
 * fields: spreading or growing an object at every step costs several times as much.
 */
function stateAfterTask(before: WaitState, task: Task, { nowMs, callMs }: DecideContext): WaitDraft {
  const smoothed = before.callMs ?? callMs;
  return {
    version: before.version,
    taskId: before.taskId,
    api: before.api,
    startedAtMs: before.startedAtMs,
    deadlineMs: before.deadlineMs,
    nextPollAtMs: before.nextPollAtMs,
    polls: before.polls + 1,
    failures: before.failures,
    failuresInARow: 0,
    throttledInARow: 0,
    contactAtMs: nowMs,
    polledAtMs: nowMs,
    callMs:
      smoothed === undefined ? undefined : smoothed + CALL_TIME_WEIGHT * ((callMs ?? smoothed) - smoothed),
    task,
    notRunningAtMs: before.notRunningAtMs,
    runningAtMs: before.runningAtMs,
    progressTrack: before.progressTrack,
    estimateTrack: before.estimateTrack,
    warned: before.warned,
    lastFailure: before.lastFailure,
  };
}

function decideOnThrottle(
  before: WaitState,
  { error, retryAfterMs }: Extract<Observation, { kind: "throttled" }>,
  context: DecideContext,
): Decision {
  const state: WaitState = {
    ...before,
    polls: before.polls + 1,
    throttledInARow: before.throttledInARow + 1,
    // A throttled answer is an answer: no outage.
    failuresInARow: 0,
    contactAtMs: context.nowMs,
    lastFailure: failureRecord(error),
  };
  if (context.nowMs >= state.deadlineMs) {
    return settleTimedOut(state, context.nowMs, error);
  }
  const ownDelayMs = withinIntervals(
    backoffMs(SERVICE_BACKOFF, state.throttledInARow, context.random),
    context,
  );
  const polling = pollAfter(state, Math.max(ownDelayMs, askedDelayMs(retryAfterMs, context)), context);
  const { ratePerSecond } = context;
  const payload = {
    taskId: state.taskId,
    error,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    nextPollMs: polling.delayMs,
  };
  return { ...polling, events: [{ name: "throttled", payload }] };
}

function decideOnFault(before: WaitState, error: Error, context: DecideContext): Decision {
  const countedMs = countedCallMs(context);
  const uncountedMs = before.failuresInARow === 0 ? 0 : (context.callMs ?? 0) - countedMs;
  const contactAtMs = outageSinceMs(before, context.nowMs - countedMs) + uncountedMs;
  const state: WaitState = { ...countFailure(before, error), contactAtMs };
  const budgetEndsMs = state.contactAtMs + context.options.outageBudgetMs;
  if (context.nowMs >= budgetEndsMs) {
    return settleUnreachable(state, error, context.nowMs);
  }
  return retryBefore(budgetEndsMs, state, error, context);
}

function decideOnMissing(before: WaitState, error: Error, context: DecideContext): Decision {
  const { nowMs, options } = context;
  const missingSinceMs = before.missingSinceMs ?? nowMs;
  const state: WaitState = { ...countFailure(before, error), missingSinceMs, contactAtMs: nowMs };
  const graceEndsMs = missingSinceMs + options.notFoundGraceMs;
  const isOnlyPoll = state.deadlineMs <= state.startedAtMs;
  if (nowMs >= graceEndsMs || isOnlyPoll) {
    return settleNotFound(state, error, nowMs);
  }
  return retryBefore(graceEndsMs, state, error, context);
}

/** Polls again after a backoff, but not later than the end of the budget or the grace. */
function retryBefore(limitAtMs: number, state: WaitState, error: Error, context: DecideContext): Decision {
  if (context.nowMs >= state.deadlineMs) {
    return settleTimedOut(state, context.nowMs, error);
  }
  const backoff = withinIntervals(backoffMs(SERVICE_BACKOFF, state.failuresInARow, context.random), context);
  const delayMs = Math.max(backoff, askedDelayMs(retryAfterMsOf(error), context));
  const polling = pollAfter(state, Math.min(delayMs, limitAtMs - context.nowMs), context);
  const payload = {
    taskId: state.taskId,
    error,
    failures: state.failuresInARow,
    nextPollMs: polling.delayMs,
  };
  return { ...polling, events: [{ name: "retry", payload }] };
}

function pollAfter(
  state: WaitState,
  delayMs: number,
  context: DecideContext,
): Omit<Extract<Decision, { kind: "poll" }>, "events"> {
  const boundedMs = beforeDeadline(delayMs, state, context);
  const next = { ...state, nextPollAtMs: context.nowMs + boundedMs };
  return { kind: "poll", state: next, delayMs: boundedMs };
}

function countFailure(state: WaitState, error: Error): WaitState {
  return {
    ...state,
    polls: state.polls + 1,
    failures: state.failures + 1,
    failuresInARow: state.failuresInARow + 1,
    throttledInARow: 0,
    lastFailure: failureRecord(error),
  };
}
