import {
  AccessDeniedError,
  ProtocolError,
  TaskCanceledError,
  TaskExpiredError,
  TaskFailedError,
  TaskNotFoundError,
  type TaskwaitErrorDetails,
  UnreachableError,
  WaitTimeoutError,
} from "./errors.ts";
import type { Task } from "./task.ts";

interface OutcomeErrors {
  /** The task's own status was FAILED. */
  failed: TaskFailedError;
  /** The task's own status was EXPIRED. */
  expired: TaskExpiredError;
  /** The task's own status was CANCELED. */
  canceled: TaskCanceledError;
  /** The wait's `timeoutMs` passed. */
  timedOut: WaitTimeoutError;
  /** The caller's signal, `abandon()`, or the closing of the waiter; `error` is the reason, untouched. */
  aborted: unknown;
  /** The service knows no such task. */
  notFound: TaskNotFoundError;
  /** The service refused the caller. */
  denied: AccessDeniedError;
  /** No usable answer for as long as `outageBudgetMs`; a `ProtocolError` when asking again can't help. */
  unreachable: UnreachableError | ProtocolError;
}

/** The ways a wait can end. */
export type OutcomeKind = "complete" | keyof OutcomeErrors;

/** All of {@link OutcomeKind}. */
export const OUTCOME_KINDS: readonly OutcomeKind[] = [
  "complete",
  "failed",
  "expired",
  "canceled",
  "timedOut",
  "aborted",
  "notFound",
  "denied",
  "unreachable",
];

/** How a wait ended: with the completed task, or with the error that its promise rejects with. */
export type Outcome<T extends Task = Task> =
  | { readonly kind: "complete"; readonly task: T }
  | {
      readonly [K in keyof OutcomeErrors]: {
        readonly kind: K;
        /** The task as it was last seen. */
        readonly task?: Task;
        readonly error: OutcomeErrors[K];
      };
    }[keyof OutcomeErrors];

/** What a promise settles with when its wait ends so. */
export function endOf<E>(
  outcome: { readonly kind: "complete"; readonly task: Task } | { readonly kind: string; readonly error: E },
): { readonly value: Task } | { readonly error: E } {
  return "error" in outcome ? { error: outcome.error } : { value: outcome.task };
}

/** One kind of outcome. */
export type OutcomeOf<K extends OutcomeKind> = Extract<Outcome, { readonly kind: K }>;

/** The kinds of outcome whose error is of this package. */
export type FailureKind = Exclude<OutcomeKind, "complete" | "aborted">;

const CLASSES = {
  failed: TaskFailedError,
  expired: TaskExpiredError,
  canceled: TaskCanceledError,
  timedOut: WaitTimeoutError,
  notFound: TaskNotFoundError,
  denied: AccessDeniedError,
  unreachable: UnreachableError,
} as const;

/** What the error of a failure carries. */
export interface FailureDetails extends TaskwaitErrorDetails {
  /** Of a failed task. */
  readonly retryable?: boolean | undefined;
  /** Of `unreachable`: the error is a `ProtocolError`. */
  readonly isProtocol?: boolean | undefined;
}

/** The outcome of this kind, with an error of its class. */
export function failureOutcome(
  kind: FailureKind,
  message: string,
  { retryable = false, isProtocol = false, ...details }: FailureDetails,
): OutcomeOf<FailureKind> {
  const Class = isProtocol && kind === "unreachable" ? ProtocolError : CLASSES[kind];
  const error = new Class(message, { ...details, retryable });
  const { task } = details;
  // The kind and the class match by construction, which the compiler can't see.
  return { kind, error, ...(task === undefined ? {} : { task }) } as OutcomeOf<FailureKind>;
}
