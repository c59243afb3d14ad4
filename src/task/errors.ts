import type { Task } from "./task.ts";

const MARK: unique symbol = Symbol.for("taskwait.error");

/** What every error of this package can carry. */
export interface TaskwaitErrorDetails {
  /** The task that was asked for. */
  readonly taskId?: string;
  /** The task as it was last seen. */
  readonly task?: Task;
  /** Polls that were answered or given up, good and bad. */
  readonly polls?: number;
  /** How many of them failed. */
  readonly failures?: number;
  /** Milliseconds since the wait began. */
  readonly elapsedMs?: number;
  /** What led to it. */
  readonly cause?: unknown;
  /** Asking again can't help. */
  readonly permanent?: boolean;
}

/**
 * The family of all errors of this package. Tell them apart by class, by `name` or by `code`.
 * See docs/errors.md#errors.
 */
export class TaskwaitError extends Error {
  override readonly name: string = "TaskwaitError";
  /** A constant for programs; the message is for people. */
  readonly code: string = "TASKWAIT";
  // Declared only: a field that is not given is no property, and so is not printed.
  declare readonly taskId?: string;
  declare readonly task?: Task;
  /** Polls that were answered or given up, good and bad; 0 outside a wait. */
  declare readonly polls: number;
  /** How many of them failed; 0 outside a wait. */
  declare readonly failures: number;
  /** Milliseconds since the wait began; 0 outside a wait. */
  declare readonly elapsedMs: number;
  /**
   * Of an `UnreachableError` or a `ProtocolError` of a source: asking again can't help, so a wait ends at once.
   * Absent when a later call may succeed.
   */
  declare readonly permanent?: boolean;

  constructor(message: string, details: TaskwaitErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    if (details.taskId !== undefined) {
      this.taskId = details.taskId;
    }
    if (details.task !== undefined) {
      this.task = details.task;
    }
    if (details.permanent === true) {
      this.permanent = true;
    }
    for (const name of ["polls", "failures", "elapsedMs"] as const) {
      Object.defineProperty(this, name, { value: details[name] ?? 0, enumerable: name in details });
    }
    Object.defineProperty(this, MARK, { value: true });
  }

  /** What `JSON.stringify` shows: its fields and, unlike that of a plain Error, its message. */
  toJSON(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([["message", this.message], ...Object.entries(this)]);
  }
}

/** The task ended as FAILED. See docs/errors.md#taskfailederror. */
export class TaskFailedError extends TaskwaitError {
  override readonly name = "TaskFailedError";
  override readonly code = "TASK_FAILED";
  /**
   * Whether the service's own message speaks of throttling or of a passing fault, so that starting the task
   * again is sensible.
   */
  readonly retryable: boolean;

  constructor(message: string, details: TaskwaitErrorDetails & { readonly retryable: boolean }) {
    super(message, details);
    this.retryable = details.retryable;
  }
}

/** The task ended as EXPIRED: the service gave it up at its `expireTime`. See docs/errors.md#taskexpirederror. */
export class TaskExpiredError extends TaskwaitError {
  override readonly name = "TaskExpiredError";
  override readonly code = "TASK_EXPIRED";
}

/** The task ended as CANCELED. See docs/errors.md#taskcancelederror. */
export class TaskCanceledError extends TaskwaitError {
  override readonly name = "TaskCanceledError";
  override readonly code = "TASK_CANCELED";
}

/** `timeoutMs` passed before the task ended. The task may still be running. See docs/errors.md#waittimeouterror. */
export class WaitTimeoutError extends TaskwaitError {
  override readonly name = "WaitTimeoutError";
  override readonly code = "WAIT_TIMEOUT";
}

/**
 * The service knows no such task, and went on saying so for `notFoundGraceMs`.
 * See docs/errors.md#tasknotfounderror.
 */
export class TaskNotFoundError extends TaskwaitError {
  override readonly name = "TaskNotFoundError";
  override readonly code = "TASK_NOT_FOUND";
}

/**
 * The service refused the caller (unknown or disabled key, wrong signature, expired token, RAM denial), or
 * there were no credentials to ask with. Never retried. See docs/errors.md#accessdeniederror.
 */
export class AccessDeniedError extends TaskwaitError {
  override readonly name = "AccessDeniedError";
  override readonly code = "ACCESS_DENIED";
}

/**
 * No usable answer: one call that reached nobody, or a wait whose `outageBudgetMs` was spent. `cause` is the
 * last error. It says nothing about the task. See docs/errors.md#unreachableerror.
 */
export class UnreachableError extends TaskwaitError {
  override readonly name = "UnreachableError";
  override readonly code = "UNREACHABLE";
}

/**
 * A start was sent and its outcome could not be found out, in the listing of tasks neither: it may have started a
 * task or not. It was not sent again. `cause` is what became of the start. See docs/errors.md#startunknownerror.
 */
export class StartUnknownError extends TaskwaitError {
  override readonly name = "StartUnknownError";
  override readonly code = "START_UNKNOWN";
  /** Tasks of the listing that it may have started; empty when there was none. */
  readonly candidates: readonly string[];

  constructor(message: string, details: TaskwaitErrorDetails & { readonly candidates?: readonly string[] }) {
    super(message, details);
    this.candidates = details.candidates ?? [];
  }
}

/** An answer that is not what the API documents. The message names the path. See docs/errors.md#protocolerror. */
export class ProtocolError extends TaskwaitError {
  override readonly name = "ProtocolError";
  override readonly code = "PROTOCOL";
}

/**
 * A task id or an option that can't be used. The message names the option, the rule and the value.
 * See docs/errors.md#invalidoptionerror.
 */
export class InvalidOptionError extends TaskwaitError {
  override readonly name = "InvalidOptionError";
  override readonly code = "INVALID_OPTION";
}

/** The waiter was closed while the wait was in flight. See docs/errors.md#waiterclosederror. */
export class WaiterClosedError extends TaskwaitError {
  override readonly name = "WaiterClosedError";
  override readonly code = "WAITER_CLOSED";
}

/** What a {@link BdrcApiError} carries. */
export interface BdrcApiErrorDetails extends TaskwaitErrorDetails {
  readonly httpStatus: number;
  readonly apiCode: string;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly resend?: boolean;
  readonly maintenance?: boolean;
}

/** The API answered with an error. It never holds a header, a key or a signature. See docs/errors.md#bdrcapierror. */
export class BdrcApiError extends TaskwaitError {
  override readonly name = "BdrcApiError";
  override readonly code = "API_ERROR";
  /** The status of the answer; errors may come with 200. */
  readonly httpStatus: number;
  /** The service's own `Code`, such as `Throttling.User`. */
  readonly apiCode: string;
  /** For the service's support. */
  declare readonly requestId?: string;
  /** How long the service asks to wait: `x-acs-retry-after`, or `Retry-After`, in milliseconds. */
  declare readonly retryAfterMs?: number;
  /** What the answer refuses (the clock, the nonce) is corrected: the same call may be sent again at once. */
  readonly resend: boolean;
  /** The service is down and names the end of that (5xx with `Retry-After`): an outage, not throttling. */
  declare readonly maintenance?: boolean;

  constructor(message: string, details: BdrcApiErrorDetails) {
    super(message, details);
    this.httpStatus = details.httpStatus;
    this.apiCode = details.apiCode;
    if (details.requestId !== undefined) {
      this.requestId = details.requestId;
    }
    if (details.retryAfterMs !== undefined) {
      this.retryAfterMs = details.retryAfterMs;
    }
    this.resend = details.resend ?? false;
    if (details.maintenance === true) {
      this.maintenance = true;
    }
  }
}

/** Whether this package made the error; also true across copies of the package and realms. */
export function isTaskwaitError(error: unknown): error is TaskwaitError {
  return typeof error === "object" && error !== null && MARK in error;
}

type Guard<E extends TaskwaitError> = (error: unknown) => error is E;

function guard<E extends TaskwaitError>(name: E["name"]): Guard<E> {
  return (error): error is E => isTaskwaitError(error) && error.name === name;
}

/** Whether the error is a {@link TaskFailedError}. */
export const isTaskFailedError: Guard<TaskFailedError> = guard<TaskFailedError>("TaskFailedError");
/** Whether the error is a {@link TaskExpiredError}. */
export const isTaskExpiredError: Guard<TaskExpiredError> = guard<TaskExpiredError>("TaskExpiredError");
/** Whether the error is a {@link TaskCanceledError}. */
export const isTaskCanceledError: Guard<TaskCanceledError> = guard<TaskCanceledError>("TaskCanceledError");
/** Whether the error is a {@link WaitTimeoutError}. */
export const isWaitTimeoutError: Guard<WaitTimeoutError> = guard<WaitTimeoutError>("WaitTimeoutError");
/** Whether the error is a {@link TaskNotFoundError}. */
export const isTaskNotFoundError: Guard<TaskNotFoundError> = guard<TaskNotFoundError>("TaskNotFoundError");
/** Whether the error is an {@link AccessDeniedError}. */
export const isAccessDeniedError: Guard<AccessDeniedError> = guard<AccessDeniedError>("AccessDeniedError");
/** Whether the error is an {@link UnreachableError}. */
export const isUnreachableError: Guard<UnreachableError> = guard<UnreachableError>("UnreachableError");
/** Whether the error is a {@link StartUnknownError}. */
export const isStartUnknownError: Guard<StartUnknownError> = guard<StartUnknownError>("StartUnknownError");
/** Whether the error is a {@link ProtocolError}. */
export const isProtocolError: Guard<ProtocolError> = guard<ProtocolError>("ProtocolError");
/** Whether the error is an {@link InvalidOptionError}. */
export const isInvalidOptionError: Guard<InvalidOptionError> =
  guard<InvalidOptionError>("InvalidOptionError");
/** Whether the error is a {@link WaiterClosedError}. */
export const isWaiterClosedError: Guard<WaiterClosedError> = guard<WaiterClosedError>("WaiterClosedError");
/** Whether the error is a {@link BdrcApiError}. */
export const isBdrcApiError: Guard<BdrcApiError> = guard<BdrcApiError>("BdrcApiError");

// What src/openapi calls them, which knows no service.
export { BdrcApiError as ApiError, isBdrcApiError as isApiError };
