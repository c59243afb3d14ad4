import { OUTCOME_KINDS, type Outcome, type OutcomeKind, type OutcomeOf } from "./outcome.ts";
import type { Task } from "./task.ts";

/** A good poll of the task. */
export interface PollEvent {
  readonly taskId: string;
  readonly task: Task;
  /** How long the call took, in milliseconds. */
  readonly callMs: number;
  /** Milliseconds until the next poll; absent when this was the last. */
  readonly nextPollMs?: number;
  /**
   * Milliseconds until the task is expected to end: as its service estimates, where that is reliable; else until half of the
   * earlier tasks of the type had ended that ran as long, with at least 5 of them.
   */
  readonly etaMs?: number;
  /** The span in which four in five of them ended, in milliseconds from now; absent with fewer than 9. */
  readonly etaSpanMs?: readonly [earliestMs: number, latestMs: number];
  /** How many of them there are. */
  readonly etaRuns?: number;
}

/** The task's status is not what it was at the poll before. */
export interface StatusEvent {
  readonly taskId: string;
  readonly task: Task;
  /** The task at the poll before; absent at the first. */
  readonly previous?: Task;
}

/** The task's progress is not what it was at the poll before. */
export interface ProgressEvent {
  readonly taskId: string;
  readonly task: Task;
  /** The task at the poll before; absent at the first. */
  readonly previous?: Task;
  /** Milliseconds until the task is expected to end; absent when that can't be told. */
  readonly etaMs?: number;
}

/** A poll failed, and there will be another. */
export interface RetryEvent {
  readonly taskId: string;
  readonly error: Error;
  /** Failed polls in a row, this one included. */
  readonly failures: number;
  /** Milliseconds until the next poll. */
  readonly nextPollMs: number;
}

/** The service asked to slow down. It is not counted as a failure. */
export interface ThrottledEvent {
  readonly taskId: string;
  readonly error: Error;
  /** How long the service asked to wait, in milliseconds; absent when it did not say. */
  readonly retryAfterMs?: number;
  /** The rate that all waits of this client share from now on, in calls per second; absent when not known. */
  readonly ratePerSecond?: number;
  /** Milliseconds until this wait's next poll. */
  readonly nextPollMs: number;
}

/** Something that changes nothing, but that somebody should know. */
export interface WarningEvent {
  readonly taskId: string;
  /** A constant for programs, such as `UNKNOWN_STATUS`. */
  readonly code: string;
  readonly message: string;
}

type EndEvents<T extends Task> = {
  [K in OutcomeKind]: OutcomeOf<K> extends { readonly error: infer E } ? E : T;
};

/**
 * What a wait tells, by name. A wait emits any number of the first six, then exactly one that is named after
 * its outcome's kind (`complete` with the task, the others with the error), then `settled`.
 */
export interface WaitEvents<T extends Task = Task> extends EndEvents<T> {
  poll: PollEvent;
  status: StatusEvent;
  progress: ProgressEvent;
  retry: RetryEvent;
  throttled: ThrottledEvent;
  warning: WarningEvent;
  settled: Outcome<T>;
}

/** The names of all events of a wait. */
export type WaitEventName = keyof WaitEvents;

/** All of {@link WaitEventName}. */
export const WAIT_EVENT_NAMES: readonly WaitEventName[] = [
  "poll",
  "status",
  "progress",
  "retry",
  "throttled",
  "warning",
  ...OUTCOME_KINDS,
  "settled",
];

/** An event as a value, for a driver of waits to emit. */
export type WaitEvent<Name extends WaitEventName = WaitEventName> = {
  readonly [K in Name]: { readonly name: K; readonly payload: WaitEvents[K] };
}[Name];

/** The last two events of a wait that ends so. */
export function endEvents(outcome: Outcome): readonly WaitEvent[] {
  const payload = outcome.kind === "complete" ? outcome.task : outcome.error;
  // The name and the payload belong together by construction; the compiler can't follow that.
  return [{ name: outcome.kind, payload } as WaitEvent, { name: "settled", payload: outcome }];
}
