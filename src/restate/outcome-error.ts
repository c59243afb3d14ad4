import { TerminalError } from "@restatedev/restate-sdk";
import { fromOutcomeRecord, isOutcomeRecord, type OutcomeRecord } from "../durable/outcome-record.ts";
import type { Outcome, OutcomeKind } from "../task/outcome.ts";

const KEY = "taskwait.outcome";

// As HTTP has them, because the ingress answers with them. 409 is Restate's own, for what was cancelled.
const CODES: Readonly<Record<Exclude<OutcomeKind, "complete">, number>> = {
  failed: 422,
  expired: 410,
  canceled: 424,
  timedOut: 408,
  aborted: 499,
  notFound: 404,
  denied: 403,
  unreachable: 503,
};

/** The terminal error that tells how a wait ended. */
export function terminalErrorOf(record: OutcomeRecord): TerminalError {
  const errorCode = record.kind === "complete" ? 500 : CODES[record.kind];
  return new TerminalError(record.error?.message ?? record.kind, {
    errorCode,
    metadata: { "taskwait.kind": record.kind, [KEY]: JSON.stringify(record) },
  });
}

/**
 * How a wait ended, out of the `TerminalError` that the service's `wait` threw, or the JSON of it that the ingress
 * gave; with the error as one of our classes.
 *
 * @returns `undefined` for any other error.
 *
 * @example
 * ```ts
 * try {
 *   return await context.serviceClient(waits).wait({ taskId });
 * } catch (error) {
 *   if (outcomeOfTerminalError(error)?.kind !== "failed") {
 *     throw error;
 *   }
 *   return undefined;
 * }
 * ```
 */
export function outcomeOfTerminalError(error: unknown): Outcome | undefined {
  const text = (error as { readonly metadata?: Readonly<Record<string, unknown>> } | null)?.metadata?.[KEY];
  if (typeof text !== "string") {
    return undefined;
  }
  try {
    const record: unknown = JSON.parse(text);
    return isOutcomeRecord(record) ? fromOutcomeRecord(record) : undefined;
  } catch {
    return undefined;
  }
}
