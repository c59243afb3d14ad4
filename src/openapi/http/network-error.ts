import { inspect } from "node:util";
import { errorCodeOf } from "../../policy/observe/error-code.ts";
import { ProtocolError, UnreachableError } from "../../task/errors.ts";
import { printable } from "../../task/printable.ts";
import { aboutTask, type Operation } from "../request/operation.ts";
import type { Scrub } from "../response/scrub.ts";
import { describeRoute, type Route } from "./routes.ts";

const CODE = /^[A-Z][A-Z0-9_]+$/;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EAI_AGAIN: "its name can't be resolved just now",
  ENOTFOUND: "no such host",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
};

// undici's errors for bytes that came, but are no HTTP. They hold the bytes, so they are no cause to show.
const NOT_HTTP: ReadonlySet<string> = new Set([
  "HTTPParserError",
  "HeadersOverflowError",
  "ResponseContentLengthMismatchError",
]);

/** What went wrong below HTTP, as one of our errors. */
export function networkError(
  error: unknown,
  operation: Operation,
  route: Route,
  scrub: Scrub,
): UnreachableError | ProtocolError {
  const code = errorCodeOf(error, CODE);
  const details = aboutTask(operation);
  const place = describeRoute(route);
  const text = error instanceof Error ? scrub(printable(error.message, 200)) : "unknown error";
  if (error instanceof Error && NOT_HTTP.has(error.name)) {
    return new ProtocolError(
      `${operation.subject} got an answer from ${place} that is not HTTP: ${text}`,
      details,
    );
  }
  const reason = code === undefined ? text : `${REASONS[code] ?? text} (${code})`;
  return new UnreachableError(`${operation.subject} got no answer from ${place}: ${reason}`, {
    ...details,
    cause: safeCause(error, scrub),
  });
}

/** `no answer from <place> within <timeout>`, for a call that took too long. */
export function timeoutError(operation: Operation, route: Route, timeoutMs: number): UnreachableError {
  return new UnreachableError(
    `${operation.subject} got no answer from ${describeRoute(route)}: no answer within ${timeoutMs} ms`,
    aboutTask(operation),
  );
}

/** The error itself, or a plain copy when anything that shows of it would show a secret. */
function safeCause(error: unknown, scrub: Scrub): unknown {
  const shown = inspect(error, { depth: 10, showHidden: true });
  if (scrub(shown) === shown) {
    return error;
  }
  return new Error(error instanceof Error ? scrub(printable(error.message)) : "an error that holds a secret");
}
