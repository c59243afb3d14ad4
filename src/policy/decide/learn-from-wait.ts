import { endedByAge } from "../forecast/age-expectation.ts";
import { remember, type TaskHistory } from "../forecast/history.ts";
import { expectAround } from "../forecast/logistic-expectation.ts";
import type { WaitState } from "../state/wait-state.ts";
import { runStart } from "./start-estimate.ts";

// What the service's whole seconds call nought.
const SHORTEST = 0.5;

/**
 * The history after a wait has settled: a task that completed or failed teaches how long its type runs and how
 * honest its progress was. Any other end teaches nothing.
 *
 * @param history - So far; `[]` at first. It is left as it is.
 * @param state - Of the decision that settled the wait.
 */
export function rememberWait(history: TaskHistory, state: WaitState): TaskHistory {
  const { task } = state;
  if (task === undefined || (task.taskStatus !== "COMPLETE" && task.taskStatus !== "FAILED")) {
    return history;
  }
  return remember(history, task, { duration: durationOf(state), honesty: honestyOf(state) });
}

/** By the service's own clock when it tells, else by ours if we saw the task run. */
function durationOf(state: WaitState): number | undefined {
  const { startTime, completeTime } = state.task ?? {};
  if (startTime !== undefined && completeTime !== undefined && completeTime >= startTime) {
    return Math.max(SHORTEST, completeTime - startTime);
  }
  if (state.runningAtMs === undefined || state.lookedAtMs === undefined) {
    return undefined;
  }
  return Math.max(SHORTEST, (state.lookedAtMs - runStart(state).startedAtMs) / 1000);
}

/**
 * How well the last prediction foresaw that the task would end before the last look, against how well its age
 * alone did: the share of the belief that Bayes' rule would give it if both were believed alike before.
 */
function honestyOf({ progressTrack, lookedAtMs = 0 }: WaitState): number | undefined {
  if (progressTrack?.prediction === undefined) {
    return undefined;
  }
  const { prediction, origin } = progressTrack;
  const gap = (lookedAtMs - progressTrack.lookedAtMs) / 1000;
  const foreseen = { unnoticed: 0, ended: 0 };
  expectAround(prediction, gap, foreseen);
  const byAge = endedByAge(Math.max(0, progressTrack.lookedAtMs - origin.atMs) / 1000, gap);
  return foreseen.ended >= byAge ? 1 : foreseen.ended / byAge;
}
