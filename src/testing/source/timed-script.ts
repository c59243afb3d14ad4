import * as z from "zod/mini";
import { checkOption, strictOptions } from "../../options/check-options.ts";
import type { FinalTaskStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import type { FullStep } from "./script-step.ts";

/** A task that runs by the clock, so that fake timers drive it: what a call sees depends on when it comes. */
export interface TimedScript {
  /** How long the task runs, in milliseconds. */
  readonly durationMs: number;
  /** How long it is CREATED first, in milliseconds from the making of the source. Default 0. */
  readonly createdMs?: number;
  /** The same as `createdMs`, by its older name. */
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

const milliseconds = z.number().check(z.gte(0));

const timedScript: z.ZodMiniType<TimedScript> = strictOptions({
  durationMs: milliseconds,
  createdMs: z.exactOptional(milliseconds),
  startsAfterMs: z.exactOptional(milliseconds),
  progress: z.exactOptional(
    z.custom<NonNullable<TimedScript["progress"]>>(
      (value) => typeof value === "function",
      "must be a function",
    ),
  ),
  end: z.exactOptional(z.enum(["COMPLETE", "FAILED", "EXPIRED", "CANCELED"])),
  delayMs: z.exactOptional(milliseconds),
  fields: z.exactOptional(z.record(z.string(), z.unknown())),
}).check(
  z.refine<Pick<TimedScript, "createdMs" | "startsAfterMs">>(
    ({ createdMs, startsAfterMs }) => createdMs === undefined || startsAfterMs === undefined,
    'must have "createdMs" or its older name "startsAfterMs", not both',
  ),
);

/**
 * Reads a timed script.
 *
 * @throws `InvalidOptionError` naming the place, the rule and the value.
 */
export function checkTimedScript(script: TimedScript, where: string): TimedScript {
  return checkOption(timedScript, script, where);
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
  const createdMs = script.createdMs ?? startsAfterMs;
  const ranMs = elapsedMs - createdMs;
  if (ranMs < 0) {
    return { ...fields, status: "CREATED", delayMs };
  }
  const startMs = madeAtMs + createdMs;
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
