import type { Task } from "../../src/task/task.ts";
import type { ProgressCurve } from "./progress-models.ts";

/** The truth about one task, which nobody but the simulation sees whole. */
export interface SimulatedTask {
  readonly taskId: string;
  readonly taskType: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly curve: ProgressCurve | undefined;
  /** How far the service's clock is ahead of the true one. */
  readonly skewMs: number;
}

/** What the service shows of the task at a moment: whole seconds of its own clock, hundredths of a percent. */
export function lookAt(task: SimulatedTask, atMs: number): Task {
  const { taskId, taskType, startsAtMs, endsAtMs, curve, skewMs } = task;
  const duration = (endsAtMs - startsAtMs) / 1000;
  const startTime = Math.floor((startsAtMs + skewMs) / 1000);
  if (atMs >= endsAtMs) {
    const completeTime = Math.floor((endsAtMs + skewMs) / 1000);
    return { taskId, taskType, taskStatus: "COMPLETE", progress: 10_000, startTime, completeTime };
  }
  const u = Math.max(0, (atMs - startsAtMs) / (endsAtMs - startsAtMs));
  const progress = curve === undefined ? {} : { progress: Math.floor(10_000 * curve(u, duration) + 1e-6) };
  return { taskId, taskType, taskStatus: "RUNNING", startTime, ...progress };
}

/** Round-trip times between 30 and 300 ms, median 80 ms. */
export function roundTripMs(standardNormal: number): number {
  return Math.min(300, Math.max(30, 80 * Math.exp(0.6 * standardNormal)));
}
