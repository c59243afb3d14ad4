import { fromOutcomeRecord, isOutcomeRecord } from "../durable/outcome-record.ts";
import type { Outcome, OutcomeKind } from "../task/outcome.ts";

/** The `type` of the failure for each way a wait can end. */
export const FAILURE_TYPES: Readonly<Record<Exclude<OutcomeKind, "complete">, string>> = {
  failed: "TaskFailed",
  expired: "TaskExpired",
  canceled: "TaskCanceled",
  timedOut: "WaitTimeout",
  aborted: "WaitAborted",
  notFound: "TaskNotFound",
  denied: "AccessDenied",
  unreachable: "Unreachable",
};

const MAX_CAUSES = 10;

/**
 * How a wait ended, out of what a workflow caught: an `ActivityFailure`, whose cause is the `ApplicationFailure` of the
 * activity, or that itself.
 *
 * @returns `undefined` for any other error.
 *
 * @example
 * ```ts
 * const outcome = outcomeOfFailure(error);
 * const isWorthAnotherTry = outcome?.kind === "failed" && outcome.error.retryable;
 * ```
 */
export function outcomeOfFailure(thrown: unknown): Outcome | undefined {
  let one = thrown;
  for (let depth = 0; depth < MAX_CAUSES && typeof one === "object" && one !== null; depth++) {
    const { details, cause } = one as { readonly details?: unknown; readonly cause?: unknown };
    const [, record] = Array.isArray(details) ? details : [];
    if (isOutcomeRecord(record)) {
      return fromOutcomeRecord(record);
    }
    one = cause;
  }
  return undefined;
}
