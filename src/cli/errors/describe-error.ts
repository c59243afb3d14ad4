import { isTaskwaitError, printable } from "../../index.ts";

/** An error on one line without control characters, and without a stack trace. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return printable(String(error));
  }
  // The messages of this package stand alone; a foreign one says little without its class.
  return printable(isTaskwaitError(error) ? error.message : `${error.name}: ${error.message}`, 1000);
}
