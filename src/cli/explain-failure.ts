import process from "node:process";
import { isInvalidOptionError, isTaskwaitError } from "../index.ts";
import { describeError } from "./errors/describe-error.ts";
import { exitCodeOfError } from "./errors/error-exit-code.ts";
import { EXIT } from "./errors/exit-code.ts";
import { inFlagWords } from "./flags/wait-settings.ts";
import { annotationsFor } from "./terminal/annotations.ts";

/**
 * Says what went wrong outside a wait, on one line, and which exit code that is.
 *
 * @param inWords - Names the variable in the place of a flag whose value came from one.
 */
export function explainFailure(error: unknown, inWords: (message: string) => string): number {
  const annotations = annotationsFor(process.env);
  if (isInvalidOptionError(error)) {
    annotations.error(inWords(inFlagWords(describeError(error))));
    return EXIT.usage;
  }
  if (isTaskwaitError(error)) {
    annotations.error(describeError(error));
    return exitCodeOfError(error);
  }
  annotations.error(`internal error: ${describeError(error)}`);
  return EXIT.unreachable;
}
