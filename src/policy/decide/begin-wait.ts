import { checkIdFor } from "../../options/task-id.ts";
import type { TaskSource } from "../../task/source.ts";
import { gapForPrice } from "../forecast/expected-delay.ts";
import { historyOf, type TaskHistory } from "../forecast/history.ts";
import { movedBack as trackMovedBack } from "../forecast/progress-extrapolation.ts";
import { RemainingTime } from "../forecast/remaining-time.ts";
import { estimateMovedBack } from "../forecast/service-estimate.ts";
import { beforeDeadline, withinIntervals } from "../state/delay-limits.ts";
import { DEFAULT_WAIT_OPTIONS, type JustStarted, type ResolvedWaitOptions } from "../state/wait-options.ts";
import {
  checkSameApi,
  restoreWait,
  WAIT_STATE_VERSION,
  type WaitDraft,
  type WaitState,
} from "../state/wait-state.ts";

/** What a wait begins with. */
export interface BeginWaitContext {
  readonly nowMs: number;
  readonly options: ResolvedWaitOptions;
  /** Only when the task can't have run before now. */
  readonly justStarted?: boolean | JustStarted | undefined;
  readonly history?: TaskHistory;
  /** Whose rule for ids and whose API hold; by default BDRC's. */
  readonly source?: SourceIdentity | undefined;
}

/** What a wait has to know of its source. */
export type SourceIdentity = Pick<TaskSource, "api" | "checkTaskId">;

const BDRC: SourceIdentity = {};

/**
 * The state of a wait that begins now. Its first poll is due at once, unless the task has just started: then it is
 * due when the expected unnoticed wait reaches the wait price.
 *
 * @throws {@link InvalidOptionError} when the task id is not valid.
 */
export function beginWait(
  taskId: string,
  { nowMs, options, justStarted, history, source = BDRC }: BeginWaitContext,
): WaitState {
  checkIdFor(source, taskId);
  const state: WaitState = {
    version: WAIT_STATE_VERSION,
    taskId,
    ...(source.api === undefined ? {} : { api: source.api }),
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

/** What a wait goes on from. */
export interface ResumeWaitContext {
  readonly checkpoint: unknown;
  readonly nowMs: number;
  /** Default: that of a wait without options. */
  readonly options?: Pick<ResolvedWaitOptions, "maxIntervalMs">;
  /** Whose rule for ids and whose API hold; by default BDRC's. */
  readonly source?: SourceIdentity | undefined;
}

/**
 * The state of a wait that goes on from a checkpoint. Its counts, its deadline and what it has seen stay. The time in
 * which nobody polled does not count as an outage. The next poll is at most `maxIntervalMs` away, also when the clock
 * of the other machine was fast.
 *
 * @throws {@link InvalidOptionError} when it is no checkpoint, or one of another version, task or API.
 */
export function resumeWait(
  taskId: string,
  { checkpoint, nowMs, options = DEFAULT_WAIT_OPTIONS, source = BDRC }: ResumeWaitContext,
): WaitState {
  checkIdFor(source, taskId);
  const restored = restoreWait(checkpoint, taskId);
  checkSameApi(restored, source.api);
  const state = byOurClock(restored, nowMs);
  const nextPollAtMs = Math.min(state.nextPollAtMs, nowMs + options.maxIntervalMs);
  return { ...state, contactAtMs: nowMs, nextPollAtMs };
}

const PAST_MOMENTS = [
  "startedAtMs",
  "contactAtMs",
  "missingSinceMs",
  "polledAtMs",
  "notRunningAtMs",
  "runningAtMs",
] as const;

/** Moves what the state has seen out of the future, where the fast clock of another machine has put it. */
function byOurClock(state: WaitState, nowMs: number): WaitState {
  const aheadMs = Math.max(...PAST_MOMENTS.map((name) => state[name] ?? 0)) - nowMs;
  if (aheadMs <= 0) {
    return state;
  }
  return { ...movedBack(state, aheadMs), deadlineMs: state.deadlineMs };
}

/** The state as a clock tells it that is behind by so much. */
export function movedBack(state: WaitState, byMs: number): WaitState {
  if (byMs === 0) {
    return state;
  }
  const moved: WaitDraft = {
    ...state,
    nextPollAtMs: state.nextPollAtMs - byMs,
    deadlineMs: state.deadlineMs - byMs,
  };
  for (const name of PAST_MOMENTS) {
    const atMs = state[name];
    if (atMs !== undefined) {
      moved[name] = atMs - byMs;
    }
  }
  if (state.progressTrack !== undefined) {
    moved.progressTrack = trackMovedBack(state.progressTrack, byMs);
  }
  if (state.estimateTrack !== undefined) {
    moved.estimateTrack = estimateMovedBack(state.estimateTrack, byMs);
  }
  return moved;
}
