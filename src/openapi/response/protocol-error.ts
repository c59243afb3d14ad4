import { ProtocolError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import { aboutTask, type CallSubject } from "../request/operation.ts";

/** A {@link ProtocolError} that names the call. */
export function protocolError(what: string, operation: CallSubject): ProtocolError {
  return new ProtocolError(
    `${operation.subject} was not answered as documented: ${what}`,
    aboutTask(operation),
  );
}

/** A value from the service, for a message: its beginning, whatever it is. */
export function show(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return quoted(value);
  }
  // Not its content: it may be large, and nested deeper than JSON.stringify goes.
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}
