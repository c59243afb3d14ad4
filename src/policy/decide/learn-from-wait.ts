import type { Task } from "../../task/task.ts";
import { endedByAge, expectAround } from "../forecast/expected-delay.ts";
import { remember, type TaskHistory } from "../forecast/history.ts";
import type { ProgressTrack } from "../forecast/progress-extrapolation.ts";
import type { WaitState } from "../state/wait-state.ts";
import { runStart } from "./start-estimate.ts";

// The service counts whole seconds, so a run time of 0 is half a second on average.
const MIN_DURATION_S = 0.5;

/**
 * The history after a wait has settled. From a task that completed or failed it learns the run time and the
 * reliability of its progress and of the service's estimates, and from any other end nothing.
 *
 * @param history - So far; `[]` at first. It is not changed.
 * @param state - Of the decision that settled the wait.
 */
export function rememberWait(history: TaskHistory, state: WaitState): TaskHistory {
  const { task } = state;
  if (task === undefined || (task.taskStatus !== "COMPLETE" && task.taskStatus !== "FAILED")) {
    return history;
  }
  const { progressTrack, estimateTrack, polledAtMs = 0 } = state;
  return remember(history, task, {
    duration: durationOf(state),
    reliability:
      progressTrack === undefined
        ? undefined
        : reliabilityOf(progressTrack, progressTrack.origin.atMs, polledAtMs),
    // One that said again and again that the end was near was wrong, though it was right at last. The root, because the
    // polls of one task say much the same.
    estimateReliability:
      estimateTrack === undefined
        ? undefined
        : Math.sqrt(estimateTrack.fit) *
          (reliabilityOf(estimateTrack, runStart(state).startedAtMs, polledAtMs) ?? 1),
  });
}

/** By the times of the service, else by ours if we saw the task run. In seconds. */
function durationOf(state: WaitState): number | undefined {
  const told = state.task === undefined ? undefined : serviceRunTimeS(state.task);
  if (told !== undefined) {
    return told;
  }
  if (state.runningAtMs === undefined || state.polledAtMs === undefined) {
    return undefined;
  }
  return Math.max(MIN_DURATION_S, (state.polledAtMs - runStart(state).startedAtMs) / 1000);
}

/**
 * How well the last prediction expected that the task would end before the last poll: 1 if at least as well as its
 * age alone, else the ratio of the two chances.
 */
function reliabilityOf(
  { prediction, polledAtMs }: Pick<ProgressTrack, "prediction" | "polledAtMs">,
  beganAtMs: number,
  endedAtMs: number,
): number | undefined {
  if (prediction === undefined) {
    return undefined;
  }
  const gap = (endedAtMs - polledAtMs) / 1000;
  const predicted = { unnoticed: 0, ended: 0 };
  expectAround(prediction, gap, predicted);
  const byAge = endedByAge(Math.max(0, polledAtMs - beganAtMs) / 1000, gap);
  return predicted.ended >= byAge ? 1 : predicted.ended / byAge;
}

/** How long the service says that a task ran, in seconds. */
export function serviceRunTimeS({ startTime, completeTime }: Task): number | undefined {
  return startTime !== undefined && completeTime !== undefined && completeTime >= startTime
    ? Math.max(MIN_DURATION_S, completeTime - startTime)
    : undefined;
}
