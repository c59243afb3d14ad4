import {
  AccessDeniedError,
  BdrcApiError,
  InvalidOptionError,
  isBdrcApiError,
  isTaskFailedError,
  isTaskwaitError,
  ProtocolError,
  TaskNotFoundError,
  type TaskwaitErrorDetails,
  UnreachableError,
} from "./errors.ts";

/** An error as plain JSON: what a program may branch on, and a message for people. */
export interface ErrorRecord {
  /** The class, such as `TaskFailedError`. */
  readonly name: string;
  /** The constant of the class, such as `TASK_FAILED`; absent for errors that are not of this package. */
  readonly code?: string;
  readonly message: string;
  /** Of a failed task: whether starting it again is sensible. */
  readonly retryable?: boolean;
  /** Of an answer of the API. */
  readonly httpStatus?: number;
  readonly apiCode?: string;
  readonly requestId?: string;
  /** The error behind this one, one level deep. */
  readonly cause?: ErrorRecord;
}

/** Turns anything that was thrown into an {@link ErrorRecord}. Stack traces are left out. It never throws. */
export function toErrorRecord(thrown: unknown, depth = 0): ErrorRecord {
  try {
    return readError(thrown, depth);
  } catch {
    // What was thrown may throw when it is read.
    return { name: "Error", message: "what was thrown can't be shown" };
  }
}

function readError(thrown: unknown, depth: number): ErrorRecord {
  if (!(thrown instanceof Error)) {
    return { name: "Error", message: String(thrown) };
  }
  return {
    name: thrown.name,
    ...(isTaskwaitError(thrown) ? { code: thrown.code } : {}),
    message: thrown.message,
    ...(isTaskFailedError(thrown) ? { retryable: thrown.retryable } : {}),
    ...(isBdrcApiError(thrown) ? apiFields(thrown) : {}),
    ...(thrown.cause === undefined || depth > 0 ? {} : { cause: toErrorRecord(thrown.cause, depth + 1) }),
  };
}

function apiFields({ httpStatus, apiCode, requestId }: BdrcApiError): Partial<ErrorRecord> {
  return { httpStatus, apiCode, ...(requestId === undefined ? {} : { requestId }) };
}

// The classes that a source may throw.
const CLASSES: Readonly<Record<string, new (message: string, details: TaskwaitErrorDetails) => Error>> = {
  AccessDeniedError,
  InvalidOptionError,
  ProtocolError,
  TaskNotFoundError,
  UnreachableError,
};

/** The error of a record: of our own class where a source may throw it, else a plain one of the same name. */
export function fromErrorRecord(record: ErrorRecord): Error {
  const { name, message, httpStatus, apiCode, requestId } = record;
  const cause = record.cause === undefined ? {} : { cause: fromErrorRecord(record.cause) };
  if (httpStatus !== undefined && apiCode !== undefined) {
    return new BdrcApiError(message, {
      httpStatus,
      apiCode,
      ...(requestId === undefined ? {} : { requestId }),
      ...cause,
    });
  }
  const Class = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  return Class === undefined ? Object.assign(new Error(message, cause), { name }) : new Class(message, cause);
}
