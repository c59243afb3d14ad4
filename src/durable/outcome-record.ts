import {
  AccessDeniedError,
  TaskCanceledError,
  TaskExpiredError,
  TaskFailedError,
  TaskNotFoundError,
  TaskwaitError,
  type TaskwaitErrorDetails,
  UnreachableError,
  WaitTimeoutError,
} from "../task/errors.ts";
import type { ErrorRecord } from "../task/event-record.ts";
import { OUTCOME_KINDS, type Outcome, type OutcomeKind } from "../task/outcome.ts";
import type { Task } from "../task/task.ts";

/** An outcome as plain JSON, for whatever lies between two processes. */
export interface OutcomeRecord {
  readonly kind: OutcomeKind;
  readonly task?: Task;
  readonly error?: ErrorRecord;
}

/** Whether it is an {@link OutcomeRecord}, as far as its use depends on it. */
export function isOutcomeRecord(value: unknown): value is OutcomeRecord {
  const record = value as Partial<OutcomeRecord> | null;
  return (
    typeof record === "object" &&
    record !== null &&
    OUTCOME_KINDS.includes(record.kind as OutcomeKind) &&
    (record.kind === "complete" ? typeof record.task === "object" : typeof record.error === "object")
  );
}

/** The outcome that a record was made of, its error as one of our classes again. */
export function fromOutcomeRecord({ kind, task, error }: OutcomeRecord): Outcome {
  const seen = task === undefined ? {} : { task };
  const message = error?.message ?? "";
  const details: TaskwaitErrorDetails = {
    ...seen,
    ...(task === undefined ? {} : { taskId: task.taskId }),
    ...(error?.cause === undefined ? {} : { cause: causeOf(error.cause) }),
  };
  switch (kind) {
    case "complete":
      return { kind, task: task as Task };
    case "failed": {
      const retryable = error?.retryable ?? false;
      return { kind, ...seen, error: new TaskFailedError(message, { ...details, retryable }) };
    }
    case "expired":
      return { kind, ...seen, error: new TaskExpiredError(message, details) };
    case "canceled":
      return { kind, ...seen, error: new TaskCanceledError(message, details) };
    case "timedOut":
      return { kind, ...seen, error: new WaitTimeoutError(message, details) };
    case "notFound":
      return { kind, ...seen, error: new TaskNotFoundError(message, details) };
    case "denied":
      return { kind, ...seen, error: new AccessDeniedError(message, details) };
    case "unreachable":
      return { kind, ...seen, error: new UnreachableError(message, details) };
    case "aborted":
      return { kind, ...seen, error: new TaskwaitError(message, details) };
  }
}

function causeOf({ name, message }: ErrorRecord): Error {
  const cause = new Error(message);
  cause.name = name;
  return cause;
}
