import type { Task } from "../../task/task.ts";
import { type RunStart, trackProgress } from "../forecast/progress-extrapolation.ts";
import type { DecideContext } from "../state/decision.ts";
import type { WaitDraft, WaitState } from "../state/wait-state.ts";

const HALF_SECOND_MS = 500;

/**
 * Writes into the state what a look at a task that has not ended says: of its start (it was not running yet at the
 * one look, and running at the other), and of how far it has come.
 */
export function followRun(state: WaitDraft, task: Task, context: DecideContext): RunStart {
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
  return start;
}

/** Whether the task waits for its turn. */
export function isQueued(task: Task): boolean {
  return task.taskStatus === "CREATED" && task.startTime === undefined;
}

/**
 * When the task began to run. Its own `startTime` is in whole seconds, cut off, of the server's clock; our
 * looks bound it by a clock that we know. A start outside those bounds is a clock's fault and is not believed.
 *
 * @param clockOffsetMs - How far the server's clock is ahead of ours, as far as known.
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
