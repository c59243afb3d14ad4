import { inspect } from "node:util";
import { ProtocolError, UnreachableError } from "../task/errors.ts";
import { printable } from "../task/printable.ts";
import { networkCodeOf } from "./network-code.ts";
import { aboutTask, type Operation } from "./operation.ts";
import type { Scrub } from "./scrub.ts";

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EAI_AGAIN: "its name can't be resolved just now",
  ENOTFOUND: "no such host",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
};

// undici's codes for bytes that came, but are no HTTP. Its errors hold them, so they are no cause to show.
const NOT_HTTP = /^(?:HPE_|UND_ERR_HEADERS_OVERFLOW$|UND_ERR_RES_CONTENT_LENGTH_MISMATCH$)/;

/** Where a request went, for messages. */
export interface Route {
  /** Host and port. */
  readonly host: string;
  /** Host and port of the proxy on the way. */
  readonly proxy?: string;
}

/** What went wrong below HTTP, as one of our errors. */
export function networkError(
  error: unknown,
  operation: Operation,
  route: Route,
  scrub: Scrub,
): UnreachableError | ProtocolError {
  const code = networkCodeOf(error);
  const details = aboutTask(operation);
  const place = describeRoute(route);
  if (code !== undefined && NOT_HTTP.test(code)) {
    return new ProtocolError(
      `${operation.subject} got an answer from ${place} that is not HTTP (${code})`,
      details,
    );
  }
  const text = error instanceof Error ? scrub(printable(error.message, 200)) : "unknown error";
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

function describeRoute({ host, proxy }: Route): string {
  return proxy === undefined ? host : `${host} through the proxy ${proxy}`;
}

/** The error itself, or a plain copy when anything that shows of it would show a secret. */
function safeCause(error: unknown, scrub: Scrub): unknown {
  const shown = inspect(error, { depth: 10, showHidden: true });
  if (scrub(shown) === shown) {
    return error;
  }
  return new Error(error instanceof Error ? scrub(printable(error.message)) : "an error that holds a secret");
}
