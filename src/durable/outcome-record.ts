import { type ErrorRecord, fromErrorRecord } from "../task/error-record.ts";
import { TaskwaitError, type TaskwaitErrorDetails } from "../task/errors.ts";
import { failureOutcome, OUTCOME_KINDS, type Outcome, type OutcomeKind } from "../task/outcome.ts";
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
    ...(error?.cause === undefined ? {} : { cause: fromErrorRecord(error.cause) }),
  };
  switch (kind) {
    case "complete":
      return { kind, task: task as Task };
    case "aborted":
      return { kind, ...seen, error: new TaskwaitError(message, details) };
    default: {
      const isProtocol = error?.name === "ProtocolError";
      return failureOutcome(kind, message, { ...details, retryable: error?.retryable, isProtocol });
    }
  }
}
