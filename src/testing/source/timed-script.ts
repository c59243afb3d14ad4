import type { FinalTaskStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import type { FullStep } from "./script-step.ts";

/** A task that runs by the clock, so that fake timers drive it: what a call sees depends on when it comes. */
export interface TimedScript {
  /** How long the task runs, in milliseconds. */
  readonly durationMs: number;
  /** How long it is CREATED first, in milliseconds from the making of the source. Default 0. */
  readonly startsAfterMs?: number;
  /**
   * What the service says of the progress, in hundredths of a percent, when this fraction (0 to 1) of the
   * duration has passed. Default: none.
   */
  readonly progress?: (fraction: number) => number;
  /** How it ends. Default `COMPLETE`. */
  readonly end?: FinalTaskStatus;
  /** How long each call takes, in milliseconds. Default 0. */
  readonly delayMs?: number;
  /** Fields of every answer. */
  readonly fields?: Partial<Omit<Task, "taskId" | "taskStatus" | "progress">>;
}

/** Whether a script is timed rather than a list or a function. */
export function isTimedScript(script: unknown): script is TimedScript {
  return typeof script === "object" && script !== null && "durationMs" in script;
}

/**
 * The step that a call meets.
 *
 * @param elapsedMs - Milliseconds since the source was made.
 * @param madeAtMs - When the source was made, in Unix milliseconds.
 */
export function timedStep(script: TimedScript, elapsedMs: number, madeAtMs: number): FullStep {
  const { durationMs, startsAfterMs = 0, progress, end = "COMPLETE", delayMs = 0, fields } = script;
  const ranMs = elapsedMs - startsAfterMs;
  if (ranMs < 0) {
    return { ...fields, status: "CREATED", delayMs };
  }
  const startMs = madeAtMs + startsAfterMs;
  const over = ranMs >= durationMs;
  return {
    ...fields,
    status: over ? end : "RUNNING",
    delayMs,
    startTime: Math.floor(startMs / 1000),
    ...(over ? { completeTime: Math.floor((startMs + durationMs) / 1000) } : {}),
    ...(progress === undefined ? {} : { progress: Math.round(progress(over ? 1 : ranMs / durationMs)) }),
  };
}
