import type { Backoff } from "../../async/backoff.ts";
import { isBdrcApiError } from "../../task/errors.ts";
import type { WaitEvent } from "../../task/wait-events.ts";
import { errorCodeOf } from "../observe/error-code.ts";
import type { Observation } from "../observe/observe.ts";
import { outageSinceMs } from "../state/outage.ts";
import type { WaitState } from "../state/wait-state.ts";

/** Calls of one poll that may follow the first. */
export const IN_POLL_RETRIES = 2;
/** The pauses before them. */
export const IN_POLL_BACKOFF: Backoff = { firstMs: 100, factor: 2, maxMs: 200 };

// A connection that broke under the call; most often one that had been kept alive too long.
const BROKEN_CONNECTION = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

/**
 * Whether the same call is worth sending again at once, within the same poll: the client has mended what the
 * answer complained of, or the connection broke. Other faults take time to pass.
 */
export function isWorthResending(observation: Observation): boolean {
  if (observation.kind !== "transient") {
    return false;
  }
  const { error } = observation;
  return isBdrcApiError(error) ? error.resend : errorCodeOf(error, BROKEN_CONNECTION) !== undefined;
}

/** A call that failed and is sent again within its poll. */
export interface Resending {
  readonly error: Error;
  /** When the failed call went out. */
  readonly calledAtMs: number;
  /** Milliseconds until it is sent again. */
  readonly delayMs: number;
}

/** Counts a call that failed and is sent again within its poll. */
export function countResend(
  before: WaitState,
  { error, calledAtMs, delayMs }: Resending,
): { readonly state: WaitState; readonly events: readonly WaitEvent[] } {
  const failures = before.failuresInARow + 1;
  const state: WaitState = {
    ...before,
    polls: before.polls + 1,
    failures: before.failures + 1,
    failuresInARow: failures,
    contactAtMs: outageSinceMs(before, calledAtMs),
  };
  const payload = { taskId: before.taskId, error, failures, nextPollMs: delayMs };
  return { state, events: [{ name: "retry", payload }] };
}
