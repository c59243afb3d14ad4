import * as z from "zod/mini";
import { strictOptions } from "../../options/check-options.ts";
import type { FinalTaskStatus } from "../../task/status.ts";
import { type DurationModel, durationModel, milliseconds } from "./duration-model.ts";
import { type ProgressModelInput, progressModelInput } from "./progress-model.ts";

/** Ways in which a real service might differ from what one expects of it; all are off by default. */
export interface TaskQuirks {
  /** What stands for a time that has not come: 0 (default), null, or no field at all. */
  readonly notYet?: "zero" | "null" | "absent";
  /** `Progress` is 10000 during the last fifth of the run, while the task is still RUNNING. */
  readonly fullWhileRunning?: boolean;
  /** `Progress` is 9999 at COMPLETE. */
  readonly almostFullAtComplete?: boolean;
  /** `Progress` is -1 at FAILED, as a sister service does it; otherwise the last value stays. */
  readonly minusOneAtFailed?: boolean;
  /** `ExpireTime` lies before `StartTime`, as in the API's own example. */
  readonly expireInPast?: boolean;
  /** An `ErrorMessage` that is there while the task runs well. */
  readonly errorWhileRunning?: string;
  /** `CompleteTime` is there while the task runs, as in the API's own example. */
  readonly completeTimeWhileRunning?: boolean;
}

/** A status that the task shows from a given moment of its run on, such as one that no document names. */
export interface StatusStage {
  /** Milliseconds after the beginning of the run. */
  readonly afterMs: number;
  readonly status: string;
}

/** What is to become of a task. */
export interface TaskSpec {
  /** Default: a random one, `t-` and 20 characters. */
  readonly taskId?: string;
  readonly taskName?: string;
  readonly taskDescription?: string;
  /** `UPDATE_RESOURCES` (default), `CHECK_RULES`, `TEST`, or anything else. */
  readonly taskType?: string;
  /** Default `HIGH`, which the service uses for a task that a user started. */
  readonly taskPriority?: string;
  /** How long the task stays CREATED before it runs; default 0. */
  readonly createdMs?: DurationModel;
  /** How long it runs; default 10 s. */
  readonly durationMs?: DurationModel;
  /** How it ends; default COMPLETE. */
  readonly end?: FinalTaskStatus;
  /** The same as `end`, by its older name. */
  readonly status?: FinalTaskStatus;
  /** Default `linear`. */
  readonly progress?: ProgressModelInput;
  /** Statuses other than RUNNING to show on the way. */
  readonly stages?: readonly StatusStage[];
  /** Shown when the task has FAILED; default `device not online`. */
  readonly errorMessage?: string;
  /** Becomes `TaskDetail`, as JSON; a string is taken as it is. */
  readonly detail?: unknown;
  /** Becomes `TaskResult` at the end, as JSON; a string is taken as it is. */
  readonly result?: unknown;
  /** The task is EXPIRED this long after it was made, if it has not ended by then; default 24 h. */
  readonly expiresMs?: number;
  /** An ended task is forgotten after this long; default 7 days. */
  readonly retentionMs?: number;
  /** The service denies that the task exists during this long; default 0. */
  readonly hiddenMs?: number;
  readonly quirks?: TaskQuirks;
  /** Fields of the answer, under their wire names, to be put in place of the real ones; null stays null. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** One task of a scenario, or `count` alike ones; with a count, a `taskId` gets `-1`, `-2` … appended. */
export interface ScenarioTask extends TaskSpec {
  readonly count?: number;
}

const MAX_TASKS = 1_000_000;
const text = z.string().check(z.maxLength(100_000));
// Ids of other services may be URLs and paths.
const TASK_ID = /^(?!\.{1,2}(?:\/|$))[\x21-\x7e]{1,2048}$/;

/**
 * Reads a status in which a task ends.
 *
 * @internal
 */
export const finalStatus: z.ZodMiniType<FinalTaskStatus> = z.enum([
  "COMPLETE",
  "FAILED",
  "EXPIRED",
  "CANCELED",
]);

/**
 * Reads {@link TaskQuirks}.
 *
 * @internal
 */
export const taskQuirks: z.ZodMiniType<TaskQuirks> = strictOptions({
  notYet: z.exactOptional(z.enum(["zero", "null", "absent"])),
  fullWhileRunning: z.exactOptional(z.boolean()),
  almostFullAtComplete: z.exactOptional(z.boolean()),
  minusOneAtFailed: z.exactOptional(z.boolean()),
  expireInPast: z.exactOptional(z.boolean()),
  errorWhileRunning: z.exactOptional(text),
  completeTimeWhileRunning: z.exactOptional(z.boolean()),
});

const taskFields = {
  taskId: z.exactOptional(z.string().check(z.regex(TASK_ID))),
  taskName: z.exactOptional(text),
  taskDescription: z.exactOptional(text),
  taskType: z.exactOptional(text),
  taskPriority: z.exactOptional(text),
  createdMs: z.exactOptional(durationModel),
  durationMs: z.exactOptional(durationModel),
  end: z.exactOptional(finalStatus),
  status: z.exactOptional(finalStatus),
  progress: z.exactOptional(progressModelInput),
  stages: z.exactOptional(z.array(strictOptions({ afterMs: milliseconds, status: text }))),
  errorMessage: z.exactOptional(text),
  detail: z.exactOptional(z.unknown()),
  result: z.exactOptional(z.unknown()),
  expiresMs: z.exactOptional(milliseconds),
  retentionMs: z.exactOptional(milliseconds),
  hiddenMs: z.exactOptional(milliseconds),
  quirks: z.exactOptional(taskQuirks),
  fields: z.exactOptional(z.record(z.string(), z.unknown())),
};

// Two words for one thing can't both be meant.
const oneEnd = z.refine<Pick<TaskSpec, "end" | "status">>(
  ({ end, status }) => end === undefined || status === undefined || end === status,
  'must have "end" or its older name "status", not both',
);

/**
 * Reads a {@link TaskSpec}.
 *
 * @internal
 */
export const taskSpec: z.ZodMiniType<TaskSpec> = strictOptions(taskFields).check(oneEnd);

/**
 * Reads a {@link ScenarioTask}.
 *
 * @internal
 */
export const scenarioTask: z.ZodMiniType<ScenarioTask> = strictOptions({
  ...taskFields,
  count: z.exactOptional(z.int().check(z.gte(0), z.lte(MAX_TASKS))),
}).check(oneEnd);
