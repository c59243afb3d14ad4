import process from "node:process";
import {
  isAccessDeniedError,
  isBdrcApiError,
  isInvalidOptionError,
  isTaskNotFoundError,
  isTaskwaitError,
} from "../index.ts";
import { annotationsFor } from "./annotations.ts";
import { describeError } from "./describe-error.ts";
import { EXIT } from "./exit-code.ts";
import { inFlagWords } from "./wait-settings.ts";

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
  if (isAccessDeniedError(error)) {
    return EXIT.denied;
  }
  if (isTaskNotFoundError(error) || (isBdrcApiError(error) && /^InvalidTask|NotFound$/.test(error.apiCode))) {
    return EXIT.notFound;
  }
  return EXIT.unreachable;
}
