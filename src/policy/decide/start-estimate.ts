import { HALF_SECOND_MS } from "../../options/named-durations.ts";
import type { Task } from "../../task/task.ts";
import { type RunStart, trackProgress } from "../forecast/progress-extrapolation.ts";
import { trackEstimate } from "../forecast/service-estimate.ts";
import type { DecideContext } from "../state/decision.ts";
import type { WaitDraft, WaitState } from "../state/wait-state.ts";

/**
 * Writes into the state what a poll of a task that has not ended says about its start (not yet running at one poll,
 * running at a later one), about its progress, and about the time that the service still gives it.
 */
export function trackRun(state: WaitDraft, task: Task, context: DecideContext): RunStart {
  const atMs = context.nowMs - (context.callMs ?? 0) / 2;
  if (isQueued(task)) {
    state.notRunningAtMs = atMs;
    return runStart(state, context.clockOffsetMs);
  }
  state.runningAtMs ??= atMs;
  const start = runStart(state, context.clockOffsetMs);
  if (task.progress !== undefined) {
    const value = Math.min(10_000, Math.max(0, task.progress));
    state.progressTrack = trackProgress(state.progressTrack, atMs, value, start);
  }
  state.estimateTrack =
    task.remaining === undefined
      ? undefined
      : trackEstimate(state.estimateTrack, atMs, task.remaining, start.startedAtMs);
  return start;
}

/** Whether the task waits in the queue of the service. */
export function isQueued(task: Task): boolean {
  return task.taskStatus === "CREATED" && task.startTime === undefined;
}

/**
 * When the task began to run. Its `startTime` is in whole seconds, rounded down, of the service's clock. Our polls
 * bound the start by our own clock, and a `startTime` outside these bounds is ignored.
 *
 * @param clockOffsetMs - How far the service's clock is ahead of ours, as far as known.
 */
export function runStart(state: WaitState, clockOffsetMs = 0): RunStart {
  const { task, startedAtMs, runningAtMs } = state;
  const latest = runningAtMs ?? startedAtMs;
  const earliest = state.notRunningAtMs ?? Number.NEGATIVE_INFINITY;
  const startTime = task?.startTime;
  const isWhole = startTime !== undefined && Number.isInteger(startTime);
  const claimed =
    startTime === undefined ? undefined : startTime * 1000 + (isWhole ? HALF_SECOND_MS : 0) - clockOffsetMs;
  const slack = isWhole ? HALF_SECOND_MS : 0;
  const halfGap = Math.max(0, latest - earliest) / 2;
  if (claimed !== undefined && claimed >= earliest - slack && claimed <= latest + slack) {
    return { startedAtMs: Math.min(latest, Math.max(earliest, claimed)), spreadMs: Math.min(slack, halfGap) };
  }
  return Number.isFinite(halfGap)
    ? { startedAtMs: latest - halfGap, spreadMs: halfGap }
    : { startedAtMs: Math.min(latest, startedAtMs), spreadMs: HALF_SECOND_MS };
}
