import type { Task } from "../../src/task/task.ts";
import type { Estimator } from "./estimate-models.ts";
import type { ProgressCurve } from "./progress-models.ts";
import { normal, seeded } from "./seeded.ts";

/** The truth about one task, which nobody but the simulation sees whole. */
export interface SimulatedTask {
  readonly taskId: string;
  readonly taskType: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly curve: ProgressCurve | undefined;
  /** What the service says of the time left, in whole seconds; absent where it says nothing. */
  readonly estimate?: Estimator | undefined;
  /** How far the service's clock is ahead of the true one. */
  readonly skewMs: number;
  /** Whether it tells times to the millisecond instead of cutting them off to seconds. */
  readonly isExact?: boolean;
}

/** What the service shows of the task at a moment, by its own clock, with progress in hundredths of a percent. */
export function taskAt(task: SimulatedTask, atMs: number): Task {
  const { taskId, taskType, startsAtMs, endsAtMs, curve, estimate, skewMs, isExact = false } = task;
  const seconds = (ms: number): number => (isExact ? ms / 1000 : Math.floor(ms / 1000));
  const duration = (endsAtMs - startsAtMs) / 1000;
  const startTime = seconds(startsAtMs + skewMs);
  if (atMs >= endsAtMs) {
    const completeTime = seconds(endsAtMs + skewMs);
    return { taskId, taskType, taskStatus: "COMPLETE", progress: 10_000, startTime, completeTime };
  }
  const u = Math.max(0, (atMs - startsAtMs) / (endsAtMs - startsAtMs));
  const progress = curve === undefined ? {} : { progress: Math.floor(10_000 * curve(u, duration) + 1e-6) };
  const left = (endsAtMs - Math.max(startsAtMs, atMs)) / 1000;
  const remaining = estimate === undefined ? {} : { remaining: Math.round(estimate(left, duration)) };
  return { taskId, taskType, taskStatus: "RUNNING", startTime, ...progress, ...remaining };
}

/** Round-trip times between 30 and 300 ms, median 80 ms. */
export function roundTripMs(standardNormal: number): number {
  return Math.min(300, Math.max(30, 80 * Math.exp(0.6 * standardNormal)));
}

const SAMPLES = 20_000;
let meanMs: number | undefined;

/** What {@link roundTripMs} is on average. */
export function meanRoundTripMs(): number {
  const random = seeded(1);
  meanMs ??=
    Array.from({ length: SAMPLES }, () => roundTripMs(normal(random))).reduce((sum, ms) => sum + ms, 0) /
    SAMPLES;
  return meanMs;
}
