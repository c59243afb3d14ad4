import { classifyError, isBdrcApiError, isInvalidOptionError, isWaitTimeoutError } from "../../index.ts";
import { EXIT } from "./exit-code.ts";

/** The exit code of an error outside a wait. */
export function exitCodeOfError(error: unknown): number {
  if (isInvalidOptionError(error)) {
    return EXIT.usage;
  }
  if (isWaitTimeoutError(error)) {
    return EXIT.timedOut;
  }
  switch (classifyError(error)) {
    case "denied":
      return EXIT.denied;
    case "notFound":
      return EXIT.notFound;
    case "permanent":
      // The service refuses what was asked for, such as a rule that it does not know.
      return isBdrcApiError(error) && /^(?:Invalid|Missing)/.test(error.apiCode)
        ? EXIT.usage
        : EXIT.unreachable;
    default:
      return EXIT.unreachable;
  }
}
