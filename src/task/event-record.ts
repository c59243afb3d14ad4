import * as z from "zod/mini";
import { type ErrorRecord, toErrorRecord } from "./error-record.ts";
import { OUTCOME_KINDS, type Outcome, type OutcomeKind } from "./outcome.ts";
import type { RecordSchema } from "./schema.ts";
import type { Task } from "./task.ts";
import { endEvents, type WaitEvent } from "./wait-events.ts";

interface RecordHead {
  /** When it was told, in Unix milliseconds. */
  readonly timeMs: number;
  readonly taskId: string;
}

/**
 * One event of a wait as plain JSON: a line of `taskwait --output jsonl`. `event` is the event's name, and the
 * rest is its payload, with errors as {@link ErrorRecord}.
 */
export type WaitEventRecord =
  | (RecordHead & {
      readonly event: "poll";
      readonly task: Task;
      readonly callMs: number;
      readonly nextPollMs?: number;
      readonly etaMs?: number;
      readonly etaSpanMs?: readonly [earliestMs: number, latestMs: number];
      readonly etaRuns?: number;
    })
  | (RecordHead & { readonly event: "status"; readonly task: Task; readonly previous?: Task })
  | (RecordHead & {
      readonly event: "progress";
      readonly task: Task;
      readonly previous?: Task;
      readonly etaMs?: number;
    })
  | (RecordHead & {
      readonly event: "retry";
      readonly error: ErrorRecord;
      readonly failures: number;
      readonly nextPollMs: number;
    })
  | (RecordHead & {
      readonly event: "throttled";
      readonly error: ErrorRecord;
      readonly retryAfterMs?: number;
      readonly ratePerSecond?: number;
      readonly nextPollMs: number;
    })
  | (RecordHead & { readonly event: "warning"; readonly code: string; readonly message: string })
  | (RecordHead & { readonly event: "complete"; readonly task: Task })
  | (RecordHead & { readonly event: Exclude<OutcomeKind, "complete">; readonly error: ErrorRecord })
  | (RecordHead & {
      readonly event: "settled";
      readonly outcome: OutcomeKind;
      readonly task?: Task;
      readonly error?: ErrorRecord;
    });

const task = z.looseObject({ taskId: z.string(), taskStatus: z.string() }) as unknown as z.ZodMiniType<Task>;

const errorRecordSchema: z.ZodMiniType<ErrorRecord> = z.looseObject({
  name: z.string(),
  code: z.exactOptional(z.string()),
  message: z.string(),
  retryable: z.exactOptional(z.boolean()),
  httpStatus: z.exactOptional(z.number()),
  apiCode: z.exactOptional(z.string()),
  requestId: z.exactOptional(z.string()),
  get cause() {
    return z.exactOptional(errorRecordSchema);
  },
});

const ms = z.number().check(z.gte(0));
const head = { timeMs: ms, taskId: z.string() };

const failureKinds = OUTCOME_KINDS.filter(
  (kind): kind is Exclude<OutcomeKind, "complete"> => kind !== "complete",
);

/**
 * Checks a line of `taskwait --output jsonl`, once it is parsed. Fields that a later release may add are let
 * through.
 */
export const waitEventRecordSchema: RecordSchema<WaitEventRecord> = z.discriminatedUnion("event", [
  z.looseObject({
    ...head,
    event: z.literal("poll"),
    task,
    callMs: ms,
    nextPollMs: z.exactOptional(ms),
    etaMs: z.exactOptional(ms),
    etaSpanMs: z.exactOptional(z.tuple([ms, ms])),
    etaRuns: z.exactOptional(z.int().check(z.gte(1))),
  }),
  z.looseObject({ ...head, event: z.literal("status"), task, previous: z.exactOptional(task) }),
  z.looseObject({
    ...head,
    event: z.literal("progress"),
    task,
    previous: z.exactOptional(task),
    etaMs: z.exactOptional(ms),
  }),
  z.looseObject({
    ...head,
    event: z.literal("retry"),
    error: errorRecordSchema,
    failures: z.int(),
    nextPollMs: ms,
  }),
  z.looseObject({
    ...head,
    event: z.literal("throttled"),
    error: errorRecordSchema,
    retryAfterMs: z.exactOptional(ms),
    ratePerSecond: z.exactOptional(z.number()),
    nextPollMs: ms,
  }),
  z.looseObject({ ...head, event: z.literal("warning"), code: z.string(), message: z.string() }),
  z.looseObject({ ...head, event: z.literal("complete"), task }),
  z.looseObject({ ...head, event: z.enum(failureKinds), error: errorRecordSchema }),
  z.looseObject({
    ...head,
    event: z.literal("settled"),
    outcome: z.enum(OUTCOME_KINDS),
    task: z.exactOptional(task),
    error: z.exactOptional(errorRecordSchema),
  }),
]);

/**
 * Turns an event of a wait into a {@link WaitEventRecord}.
 *
 * @param event - The event's name and payload.
 * @param taskId - The task of the wait; end events do not name it themselves.
 * @param timeMs - Now, in Unix milliseconds.
 */
export function toEventRecord(event: WaitEvent, taskId: string, timeMs: number): WaitEventRecord {
  const start = { timeMs, event: event.name, taskId };
  switch (event.name) {
    case "poll":
    case "status":
    case "progress":
    case "warning":
      return { ...start, ...event.payload } as WaitEventRecord;
    case "retry":
    case "throttled":
      return { ...start, ...event.payload, error: toErrorRecord(event.payload.error) } as WaitEventRecord;
    case "complete":
      return { ...start, task: event.payload } as WaitEventRecord;
    case "settled":
      return { ...start, ...outcomeFields(event.payload) } as WaitEventRecord;
    default:
      return { ...start, error: toErrorRecord(event.payload) } as WaitEventRecord;
  }
}

/** The last two records of a wait that ended so. */
export function endRecords(outcome: Outcome, taskId: string, timeMs: number): readonly WaitEventRecord[] {
  return endEvents(outcome).map((event) => toEventRecord(event, taskId, timeMs));
}

/** The event that a record of an ongoing wait was made of, its error as an error again. */
export function fromEventRecord(record: WaitEventRecord): WaitEvent {
  const { timeMs: _, event: name, ...payload } = record;
  if ("error" in payload && payload.error !== undefined) {
    const { name: errorName, message } = payload.error;
    const error = Object.assign(new Error(message), { name: errorName });
    return { name, payload: { ...payload, error } } as WaitEvent;
  }
  return { name, payload } as WaitEvent;
}

/** The fields of a `settled` record: the kind of the outcome, the task as last seen, and the error. */
export function outcomeFields<Kind extends string = OutcomeKind>(outcome: {
  readonly kind: Kind;
  readonly task?: Task | undefined;
  readonly error?: unknown;
}): {
  readonly outcome: Kind;
  readonly task?: Task;
  readonly error?: ErrorRecord;
} {
  return {
    outcome: outcome.kind,
    ...(outcome.task === undefined ? {} : { task: outcome.task }),
    ...(outcome.kind === "complete" ? {} : { error: toErrorRecord(outcome.error) }),
  };
}
