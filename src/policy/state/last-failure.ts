import { type ErrorRecord, fromErrorRecord, toErrorRecord } from "../../task/error-record.ts";
import { printable } from "../../task/printable.ts";
import type { WaitState } from "./wait-state.ts";

// A state is written at every poll, and an error may quote a whole answer.
const MAX_MESSAGE_LENGTH = 500;

/** A failure as a state keeps it. */
export function failureRecord(error: Error): ErrorRecord {
  return shortened(toErrorRecord(error));
}

/** The failure that a state keeps, as an error again. */
export function failureOf({ lastFailure }: WaitState): Error | undefined {
  return lastFailure === undefined ? undefined : fromErrorRecord(lastFailure);
}

function shortened(record: ErrorRecord): ErrorRecord {
  return {
    ...record,
    message: printable(record.message, MAX_MESSAGE_LENGTH),
    ...(record.cause === undefined ? {} : { cause: shortened(record.cause) }),
  };
}
