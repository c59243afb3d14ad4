import process from "node:process";
import { classifyError, isBdrcApiError, isInvalidOptionError, isTaskwaitError } from "../index.ts";
import { describeError } from "./errors/describe-error.ts";
import { EXIT } from "./errors/exit-code.ts";
import { inFlagWords } from "./flags/wait-settings.ts";
import { annotationsFor } from "./terminal/annotations.ts";

/** Says what went wrong outside a wait, on one line, and which exit code that is. */
export function explainFailure(error: unknown): number {
  const annotations = annotationsFor(process.env);
  if (isInvalidOptionError(error)) {
    annotations.error(inFlagWords(describeError(error)));
    return EXIT.usage;
  }
  if (isTaskwaitError(error)) {
    annotations.error(describeError(error));
    return exitCodeOfError(error);
  }
  annotations.error(`internal error: ${describeError(error)}`);
  return EXIT.unreachable;
}

function exitCodeOfError(error: unknown): number {
  switch (classifyError(error)) {
    case "denied":
      return EXIT.denied;
    case "notFound":
      return EXIT.notFound;
    case "permanent":
      // The service refuses what was asked for, such as a status that it does not know.
      return isBdrcApiError(error) && /^(?:Invalid|Missing)/.test(error.apiCode)
        ? EXIT.usage
        : EXIT.unreachable;
    default:
      return EXIT.unreachable;
  }
}
