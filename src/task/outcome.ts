import type {
  AccessDeniedError,
  TaskCanceledError,
  TaskExpiredError,
  TaskFailedError,
  TaskNotFoundError,
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
  /** Nobody could be asked for as long as `outageBudgetMs`. */
  unreachable: UnreachableError;
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
export type Outcome =
  | { readonly kind: "complete"; readonly task: Task }
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
