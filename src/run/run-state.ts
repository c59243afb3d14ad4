import * as z from "zod/mini";
import type { TaskWaiter } from "../engine/task-waiter.ts";
import { issueText } from "../options/check-options.ts";
import type { ResolvedWaitOptions } from "../policy/state/wait-options.ts";
import type { WaitCheckpoint } from "../policy/state/wait-state.ts";
import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import type { StandardSchema } from "../task/schema.ts";
import type { TaskSource } from "../task/source.ts";
import type { Task } from "../task/task.ts";
import type { TaskStart } from "./start/task-start.ts";

/** The version of the form of {@link RunCheckpoint}. */
export const RUN_STATE_VERSION = 1;

/**
 * All that a run knows, as plain JSON: `resume` goes on from it, in this process or in another. All times are
 * Unix milliseconds.
 */
export interface RunCheckpoint {
  readonly version: typeof RUN_STATE_VERSION;
  /** When the run began. */
  readonly runStartedAtMs: number;
  /** When the run, all attempts together, times out. */
  readonly deadlineMs: number;
  /** From 1. */
  readonly attempt: number;
  /** The tasks of earlier attempts. */
  readonly earlier: readonly string[];
  /** How the service calls what is started, as far as it is known: the run goes on with a start of this type only. */
  readonly taskType?: string;
  /** When this attempt's start was last sent, unless its task is known: then it is searched for. */
  readonly sentAtMs?: number;
  /** The task that this attempt has started. */
  readonly taskId?: string;
  /** The wait for that task. */
  readonly wait?: WaitCheckpoint;
}

/** A run's options, checked and complete, and the state it begins with. */
export interface RunPlan {
  readonly start: TaskStart;
  readonly waiter: TaskWaiter;
  readonly waitOptions: ResolvedWaitOptions;
  readonly result: StandardSchema<unknown> | undefined;
  readonly attempts: number;
  readonly taskType: string | undefined;
  readonly source: TaskSource | undefined;
  readonly isOurs: ((task: Task) => boolean) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly state: RunCheckpoint;
}

const time = z.number().check(z.gte(0), z.lte(8.64e15));

const runState = z.object({
  version: z.literal(RUN_STATE_VERSION),
  runStartedAtMs: time,
  deadlineMs: time,
  attempt: z.int().check(z.gte(1)),
  earlier: z.array(z.string()),
  taskType: z.exactOptional(z.string()),
  sentAtMs: z.exactOptional(time),
  taskId: z.exactOptional(z.string()),
  wait: z.exactOptional(z.unknown()),
});

/**
 * Reads a checkpoint that was kept.
 *
 * @throws {@link InvalidOptionError} when it is of another version, or is no checkpoint of a run.
 */
export function restoreRun(checkpoint: unknown): RunCheckpoint {
  const version = (checkpoint as { readonly version?: unknown } | null)?.version;
  if (version !== undefined && version !== RUN_STATE_VERSION) {
    throw new InvalidOptionError(
      `runTask: resume: this release reads checkpoints of version ${RUN_STATE_VERSION}, got version ${quoted(version)}`,
    );
  }
  const parsed = z.safeParse(runState, checkpoint);
  if (!parsed.success) {
    const what = issueText(parsed.error.issues[0]);
    throw new InvalidOptionError(`runTask: resume: not a checkpoint of a run: ${what}`);
  }
  return parsed.data as RunCheckpoint;
}

/** The state once it is known what became of the start. */
export function withoutSent({ sentAtMs: _, ...rest }: RunCheckpoint): RunCheckpoint {
  return rest;
}

/** The state in wall time of this moment: another process has no other clock in common. */
export function inWallTime(
  state: RunCheckpoint,
  wallAheadMs: number,
  sentAtMs: number | undefined = state.sentAtMs,
): RunCheckpoint {
  return {
    ...state,
    runStartedAtMs: state.runStartedAtMs + wallAheadMs,
    deadlineMs: state.deadlineMs + wallAheadMs,
    ...(state.sentAtMs === undefined || sentAtMs === undefined ? {} : { sentAtMs }),
  };
}
