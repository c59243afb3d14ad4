import { isTaskwaitError, printable } from "../../index.ts";

// The library's own words for how to give credentials, and the command's.
const PASS_OPTIONS = /\bpass accessKeyId and accessKeySecret \([^)]*\), or set /;
const USE_FLAGS = "use --profile, or set ";

/** An error on one line without control characters, and without a stack trace. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return printable(String(error));
  }
  // The messages of this package stand alone; a foreign one says little without its class.
  return printable(
    isTaskwaitError(error)
      ? error.message.replace(PASS_OPTIONS, USE_FLAGS)
      : `${error.name}: ${error.message}`,
    1000,
  );
}
