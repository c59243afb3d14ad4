import * as z from "zod/mini";
import { issueText } from "../../options/check-options.ts";
import type { ErrorRecord } from "../../task/error-record.ts";
import { InvalidOptionError, ProtocolError } from "../../task/errors.ts";
import { OUTCOME_KINDS, type OutcomeKind } from "../../task/outcome.ts";
import { parseTask } from "../../task/parse-task.ts";
import { quoted } from "../../task/printable.ts";
import type { ApiIdentity } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";
import { MAX_POINTS, type ProgressTrack } from "../forecast/progress-extrapolation.ts";
import { withRenamedFields } from "../forecast/renamed-fields.ts";
import { type EstimateTrack, MIN_FIT } from "../forecast/service-estimate.ts";

/** The version of the form of {@link WaitState}. Version 1, which knows no {@link WaitState.api}, is still read. */
export const WAIT_STATE_VERSION = 2;

/**
 * All that a wait knows, as plain JSON: a driver may stop between any two steps, and another one can go on from this
 * value alone. All times are Unix milliseconds of the driver's clock.
 */
export interface WaitState {
  readonly version: typeof WAIT_STATE_VERSION;
  readonly taskId: string;
  /** The declared task API that the task is of; absent for BDRC and for sources that name none. */
  readonly api?: ApiIdentity | undefined;
  /** When the wait began. */
  readonly startedAtMs: number;
  /** When the wait times out. */
  readonly deadlineMs: number;
  /** When the next poll is due; once the wait has ended, when it did. */
  readonly nextPollAtMs: number;
  /** Polls that were answered or given up, successful or not. */
  readonly polls: number;
  /** How many of them failed. */
  readonly failures: number;
  /** How many have failed in a row. */
  readonly failuresInARow: number;
  /** How many were throttled in a row. */
  readonly throttledInARow: number;
  /** The last usable answer, or the begin of the current outage; the outage budget counts from here. */
  readonly contactAtMs: number;
  /** Since when the service answers that it knows no such task. */
  readonly missingSinceMs?: number;
  /** When the last successful poll was made. */
  readonly polledAtMs?: number | undefined;
  /** How long a call takes, in milliseconds, smoothed. */
  readonly callMs?: number | undefined;
  /** The task as it was last seen. */
  readonly task?: Task | undefined;
  /** When the task was last known not to run yet. */
  readonly notRunningAtMs?: number | undefined;
  /** When the task was first seen running. */
  readonly runningAtMs?: number | undefined;
  /** What is kept of the task's progress. */
  readonly progressTrack?: ProgressTrack | undefined;
  /** What is kept of the service's estimates of the time left. */
  readonly estimateTrack?: EstimateTrack | undefined;
  /** The unknown statuses of which the wait has warned. */
  readonly warned?: readonly string[] | undefined;
  /** The error of the last poll that did not return the task; once the wait has ended, the cause of that, if any. */
  readonly lastFailure?: ErrorRecord | undefined;
  /** How the wait ended, once it has. */
  readonly ended?: {
    readonly kind: OutcomeKind;
    readonly message: string;
    /** Of `unreachable`: the error is a `ProtocolError`. */
    readonly isProtocol?: boolean | undefined;
  };
}

/** The state of a wait that has ended. */
export type EndedState = WaitState & Required<Pick<WaitState, "ended">>;

export function hasEnded(state: WaitState): state is EndedState {
  return state.ended !== undefined;
}

/** The next {@link WaitState} while a decision builds it. */
export type WaitDraft = { -readonly [K in keyof WaitState]: WaitState[K] };

/** A {@link WaitState} that is kept: a plain JSON value for `resume`. */
export type WaitCheckpoint = WaitState;

const time = z.number().check(z.gte(0), z.lte(8.64e15));
const count = z.int().check(z.gte(0));

const progressPoint = z.object({ atMs: z.number(), value: z.number() });

const prediction = z.object({ remaining: z.number().check(z.gte(0)), scale: z.number().check(z.gt(0)) });

const progressTrack = z.object({
  origin: progressPoint,
  points: z.array(progressPoint).check(z.maxLength(MAX_POINTS)),
  polledAtMs: time,
  quantum: z.number().check(z.gt(0)),
  driftVariance: z.optional(z.number().check(z.gte(0))),
  endAtMs: z.optional(z.number()),
  prediction: z.optional(prediction),
});

const estimateTrack = z.object({
  origin: z.object({ atMs: time, endAtMs: z.number() }),
  polledAtMs: time,
  endAtMs: z.number(),
  quantum: z.number().check(z.gt(0)),
  driftVariance: z.number().check(z.gte(0)),
  overdueSinceMs: z.optional(time),
  fit: z.number().check(z.gte(MIN_FIT), z.lte(1)),
  prediction,
});

const errorFields = {
  name: z.string(),
  code: z.optional(z.string()),
  message: z.string(),
  httpStatus: z.optional(z.number()),
  apiCode: z.optional(z.string()),
  requestId: z.optional(z.string()),
};
const errorRecord = z.object({ ...errorFields, cause: z.optional(z.object(errorFields)) });

const waitFields = z.object({
  version: z.union([z.literal(1), z.literal(WAIT_STATE_VERSION)]),
  taskId: z.string(),
  api: z.optional(z.object({ name: z.string(), digest: z.string() })),
  startedAtMs: time,
  deadlineMs: time,
  nextPollAtMs: time,
  polls: count,
  failures: count,
  failuresInARow: count,
  throttledInARow: count,
  contactAtMs: time,
  missingSinceMs: z.optional(time),
  polledAtMs: z.optional(time),
  callMs: z.optional(z.number().check(z.gte(0))),
  task: z.optional(z.looseObject({})),
  notRunningAtMs: z.optional(time),
  runningAtMs: z.optional(time),
  progressTrack: z.optional(
    withRenamedFields(progressTrack, { lookedAtMs: "polledAtMs", wander: "driftVariance" }),
  ),
  estimateTrack: z.optional(estimateTrack),
  warned: z.optional(z.array(z.string()).check(z.maxLength(100))),
  lastFailure: z.optional(errorRecord),
  ended: z.optional(
    z.object({
      kind: z.enum(OUTCOME_KINDS),
      message: z.string(),
      isProtocol: z.optional(z.boolean()),
    }),
  ),
});

const VERSIONS: ReadonlySet<unknown> = new Set([1, WAIT_STATE_VERSION]);
const waitState = withRenamedFields(waitFields, { lookedAtMs: "polledAtMs" });

/**
 * Checks a checkpoint that comes from outside.
 *
 * @param checkpoint - A value that `checkpoint()` returned, perhaps through JSON.
 * @param taskId - The task that the wait is for.
 * @throws {@link InvalidOptionError} when it is of another version or another task, or is no checkpoint.
 */
export function restoreWait(checkpoint: unknown, taskId: string): WaitState {
  const version = (checkpoint as { readonly version?: unknown } | null)?.version;
  if (typeof checkpoint === "object" && version !== undefined && !VERSIONS.has(version)) {
    throw new InvalidOptionError(
      `resume: this release reads checkpoints of versions 1 and ${WAIT_STATE_VERSION}, got version ${quoted(version)}`,
    );
  }
  const parsed = z.safeParse(waitState, checkpoint);
  if (!parsed.success) {
    throw new InvalidOptionError(`resume: not a checkpoint: ${issueText(parsed.error.issues[0])}`);
  }
  if (parsed.data.taskId !== taskId) {
    throw new InvalidOptionError(
      `resume: the checkpoint is of task ${quoted(parsed.data.taskId)}, the wait is for ${quoted(taskId)}`,
    );
  }
  const { task, ...fields } = parsed.data;
  const rest = { ...fields, version: WAIT_STATE_VERSION };
  return (task === undefined ? rest : { ...rest, task: restoreTask(task) }) as WaitState;
}

/**
 * Refuses to go on with another declaration than the one that the wait began with: it would read the task in another way.
 *
 * @throws {@link InvalidOptionError} naming both.
 */
export function checkSameApi({ api }: WaitState, now: ApiIdentity | undefined): void {
  if (api?.name !== now?.name) {
    throw new InvalidOptionError(
      `resume: the checkpoint is of ${nameOf(api)}, the wait is for ${nameOf(now)}`,
    );
  }
  if (api?.digest !== now?.digest) {
    throw new InvalidOptionError(
      `resume: the declaration of ${nameOf(api)} has changed since the checkpoint, so the task may be read in another way; start a new wait, without resume`,
    );
  }
}

function nameOf(api: ApiIdentity | undefined): string {
  return api === undefined ? "no declared API" : `the API ${quoted(api.name)}`;
}

function restoreTask(task: unknown): Task {
  try {
    return parseTask(task, (field) => `task.${field}`);
  } catch (error) {
    if (error instanceof ProtocolError) {
      throw new InvalidOptionError(`resume: not a checkpoint: ${error.message}`);
    }
    throw error;
  }
}
