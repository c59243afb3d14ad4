import type { StartUnknownError } from "../task/errors.ts";
import type { Outcome, OutcomeKind } from "../task/outcome.ts";
import type { WaitEventName, WaitEvents } from "../task/wait-events.ts";

/** How a run ended: as its last wait did, or without a task. */
export type RunOutcome =
  | Outcome
  /** Whether a task was started could not be found out. */
  | { readonly kind: "startUnknown"; readonly task?: undefined; readonly error: StartUnknownError }
  /** The start was refused; `error` is what it threw, untouched. */
  | { readonly kind: "notStarted"; readonly task?: undefined; readonly error: unknown };

/** The ways a run can end. */
export type RunOutcomeKind = RunOutcome["kind"];

/** Which attempt an event is of, from 1. */
export interface OfAttempt {
  readonly attempt: number;
}

type OngoingName = Exclude<WaitEventName, OutcomeKind | "settled">;

/**
 * What a run tells, by name: what its waits tell, with the attempt; what becomes of its starts; then exactly one
 * event named after its outcome's kind, and `settled`.
 */
export type RunEvents = { [K in OngoingName]: WaitEvents[K] & OfAttempt } & {
  [K in OutcomeKind]: WaitEvents[K];
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
  settled: RunOutcome;
};

/** The names of all events of a run. */
export type RunEventName = keyof RunEvents;

/** An event of a run, as a value. */
export type RunEvent<Name extends RunEventName> = {
  readonly [K in Name]: { readonly name: K; readonly payload: RunEvents[K] };
}[Name];

/** A listener of a run. What it throws changes nothing. */
export type RunListener<K extends RunEventName> = (payload: RunEvents[K]) => unknown;
