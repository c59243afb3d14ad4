import type { TaskWait } from "../engine/wait/task-wait.ts";
import { type ErrorRecord, toErrorRecord } from "../task/error-record.ts";
import type { StartUnknownError } from "../task/errors.ts";
import { outcomeFields, toEventRecord, type WaitEventRecord } from "../task/event-record.ts";
import type { OutcomeKind } from "../task/outcome.ts";
import type { Task } from "../task/task.ts";
import type { WaitEventName, WaitEvents } from "../task/wait-events.ts";
import type { RunOutcome, RunOutcomeKind } from "./run-outcome.ts";

/** Which attempt an event is of, from 1. */
export interface OfAttempt {
  readonly attempt: number;
}

type OngoingName = Exclude<WaitEventName, OutcomeKind | "settled">;

/**
 * What a run tells, by name: what its waits tell, with the attempt; what becomes of its starts; then exactly one
 * event named after its outcome's kind, and `settled`.
 */
export type RunEvents<T extends Task = Task> = { [K in OngoingName]: WaitEvents[K] & OfAttempt } & {
  [K in OutcomeKind]: WaitEvents<T>[K];
} & {
  /** A start is about to be sent, or to be searched for when it was sent before. */
  starting: OfAttempt;
  /**
   * A start will be sent again after `delayMs`: it was throttled or could not be sent; or, with a `StartUnknownError`,
   * unless a listing shows by then what an earlier process has sent.
   */
  startRetry: OfAttempt & { readonly error: Error; readonly delayMs: number };
  /** There is a task. It was adopted when the start's answer was lost and the listing showed it. */
  started: OfAttempt & { readonly taskId: string; readonly adopted: boolean };
  /** The task failed because the service was busy; the next attempt begins after `delayMs`. */
  again: OfAttempt & { readonly taskId: string; readonly error: Error; readonly delayMs: number };
  startUnknown: StartUnknownError;
  notStarted: unknown;
  settled: RunOutcome<T>;
};

/** The names of all events of a run. */
export type RunEventName = keyof RunEvents;

/** An event of a run, as a value. */
export type RunEvent<Name extends RunEventName> = {
  readonly [K in Name]: { readonly name: K; readonly payload: RunEvents[K] };
}[Name];

/** A listener of a run. What it throws changes nothing. */
export type RunListener<K extends RunEventName> = (payload: RunEvents[K]) => unknown;

interface RunRecordHead extends OfAttempt {
  /** When it was told, in Unix milliseconds. */
  readonly timeMs: number;
  /** The task of this attempt; absent while there is none. */
  readonly taskId?: string;
}

interface OfTask {
  readonly taskId: string;
}

type EndName = RunOutcomeKind | "settled";

/**
 * One event of a run as plain JSON: those of its waits as a {@link WaitEventRecord}, its own beside them, each with the
 * attempt.
 */
export type RunEventRecord =
  | (Exclude<WaitEventRecord, { readonly event: EndName }> & OfAttempt)
  | (RunRecordHead & { readonly event: "starting" })
  | (RunRecordHead & { readonly event: "startRetry"; readonly error: ErrorRecord; readonly delayMs: number })
  | (RunRecordHead & OfTask & { readonly event: "started"; readonly adopted: boolean })
  | (RunRecordHead &
      OfTask & {
        readonly event: "again";
        readonly error: ErrorRecord;
        readonly delayMs: number;
      })
  | (RunRecordHead & OfTask & { readonly event: "complete"; readonly task: Task })
  | (RunRecordHead & { readonly event: Exclude<RunOutcomeKind, "complete">; readonly error: ErrorRecord })
  | (RunRecordHead & {
      readonly event: "settled";
      readonly outcome: RunOutcomeKind;
      readonly task?: Task;
      readonly error?: ErrorRecord;
    });

/**
 * Turns an event of a run into a record.
 *
 * @param about - The attempt, and its task if there is one.
 * @param timeMs - Now, in Unix milliseconds.
 */
export function toRunRecord(
  event: RunEvent<RunEventName>,
  { attempt, taskId }: OfAttempt & Partial<OfTask>,
  timeMs: number,
): RunEventRecord {
  const head = { timeMs, ...(taskId === undefined ? {} : { taskId }), attempt };
  switch (event.name) {
    case "poll":
    case "status":
    case "progress":
    case "retry":
    case "throttled":
    case "warning":
      return { ...toEventRecord(event, event.payload.taskId, timeMs), attempt } as RunEventRecord;
    case "starting":
      return { ...head, event: event.name };
    case "started":
      return { ...head, event: event.name, ...event.payload };
    case "startRetry":
    case "again": {
      const error = toErrorRecord(event.payload.error);
      return { ...head, event: event.name, ...event.payload, error } as RunEventRecord;
    }
    case "complete":
      return { ...head, event: event.name, taskId: event.payload.taskId, task: event.payload };
    case "settled":
      return { ...head, event: event.name, ...outcomeFields(event.payload) };
    default:
      return { ...head, event: event.name, error: toErrorRecord(event.payload) };
  }
}

/** The last two records of a run that ended so. */
export function endRunRecords(
  outcome: RunOutcome,
  about: OfAttempt & Partial<OfTask>,
  timeMs: number,
): readonly RunEventRecord[] {
  return runEndEvents(outcome).map((event) => toRunRecord(event, about, timeMs));
}

/** The last two events of a run that ends so. */
export function runEndEvents(outcome: RunOutcome): readonly RunEvent<RunEventName>[] {
  const payload = outcome.kind === "complete" ? outcome.task : outcome.error;
  // The name and the payload belong together by construction; the compiler can't follow that.
  return [{ name: outcome.kind, payload } as RunEvent<RunEventName>, { name: "settled", payload: outcome }];
}

/** Takes an event of a run, and the task that it shows. */
type Emit = <K extends RunEventName>(name: K, payload: RunEvents[K], task?: Task) => void;

/** Tells as events of the run what a wait of it tells on the way. */
export function passOn(wait: TaskWait, attempt: number, emit: Emit): void {
  wait
    .on("poll", (event) => emit("poll", { ...event, attempt }, event.task))
    .on("status", (event) => emit("status", { ...event, attempt }, event.task))
    .on("progress", (event) => emit("progress", { ...event, attempt }, event.task))
    .on("retry", (event) => emit("retry", { ...event, attempt }))
    .on("throttled", (event) => emit("throttled", { ...event, attempt }))
    .on("warning", (event) => emit("warning", { ...event, attempt }));
}
