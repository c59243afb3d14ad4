import type { Backoff } from "../../async/backoff.ts";
import { isBdrcApiError } from "../../task/errors.ts";
import type { WaitEvent } from "../../task/wait-events.ts";
import { errorCodeOf } from "../observe/error-code.ts";
import type { Observation } from "../observe/observe.ts";
import { outageSinceMs } from "../state/delay-limits.ts";
import { failureRecord } from "../state/last-failure.ts";
import type { WaitState } from "../state/wait-state.ts";

/** How often one poll retries its call at once. */
export const IN_POLL_RETRIES = 2;
/** The pauses before these retries. */
export const IN_POLL_BACKOFF: Backoff = { firstMs: 100, factor: 2, maxMs: 200 };

// The connection broke during the call; most often it had been kept alive too long.
const BROKEN_CONNECTION = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

/**
 * Whether to retry the call at once, within the same poll: the client has corrected what the service refused,
 * or the connection broke. Other faults take time to pass.
 */
export function canRetryAtOnce(observation: Observation): boolean {
  if (observation.kind !== "transient") {
    return false;
  }
  const { error } = observation;
  return isBdrcApiError(error) ? error.resend : errorCodeOf(error, BROKEN_CONNECTION) !== undefined;
}

/** A failed call that is retried within its poll. */
export interface ImmediateRetry {
  readonly error: Error;
  /** When the failed call was sent. */
  readonly calledAtMs: number;
  /** Milliseconds until the retry. */
  readonly delayMs: number;
}

/** Counts a failed call that is retried within its poll. */
export function countImmediateRetry(
  before: WaitState,
  { error, calledAtMs, delayMs }: ImmediateRetry,
): { readonly state: WaitState; readonly events: readonly WaitEvent[] } {
  const failures = before.failuresInARow + 1;
  const state: WaitState = {
    ...before,
    polls: before.polls + 1,
    failures: before.failures + 1,
    failuresInARow: failures,
    contactAtMs: outageSinceMs(before, calledAtMs),
    lastFailure: failureRecord(error),
  };
  const payload = { taskId: before.taskId, error, failures, nextPollMs: delayMs };
  return { state, events: [{ name: "retry", payload }] };
}
