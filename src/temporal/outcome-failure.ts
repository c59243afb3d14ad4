import { fromOutcomeRecord, isOutcomeRecord } from "../durable/outcome-record.ts";
import { errorChain, fieldOf } from "../policy/observe/error-code.ts";
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

/**
 * How a wait ended, out of what a workflow caught: an `ActivityFailure`, whose cause is the `ApplicationFailure` of the
 * activity, or that itself.
 *
 * @returns `undefined` for any other error.
 *
 * @example
 * ```ts
 * const outcome = outcomeOfFailure(error);
 * const mayStartAgain = outcome?.kind === "failed" && outcome.error.retryable;
 * ```
 */
export function outcomeOfFailure(thrown: unknown): Outcome | undefined {
  for (const error of errorChain(thrown)) {
    const record = fieldOf(fieldOf(error, "details"), "1");
    if (isOutcomeRecord(record)) {
      return fromOutcomeRecord(record);
    }
  }
  return undefined;
}
