import { inspect } from "node:util";
import { errorCodeOf } from "../../policy/observe/error-code.ts";
import { ProtocolError, UnreachableError } from "../../task/errors.ts";
import { printable } from "../../task/printable.ts";
import { aboutTask, type CallSubject } from "../request/operation.ts";
import type { Scrub } from "../response/scrub.ts";
import { ConnectError } from "./connect-error.ts";
import { describeRoute, type Route } from "./routes.ts";

const CODE = /^[A-Z][A-Z0-9_]+$/;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EAI_AGAIN: "its name can't be resolved just now",
  EMFILE: "this process has too many files open",
  ENFILE: "this machine has too many files open",
  ENOTFOUND: "no such host",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "the connection timed out",
  CERT_HAS_EXPIRED: "its certificate has expired, or the clock of this machine is wrong",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or the clock of this machine is wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
};

// Codes of OpenSSL for a certificate that is not trusted. A further try gets the same.
const UNTRUSTED = /CERT|^UNABLE_TO_|^INVALID_(?:CA|PURPOSE)$|^HOSTNAME_MISMATCH$|^PATH_LENGTH_EXCEEDED$/;
const UNTRUSTED_ISSUER =
  "its certificate is not trusted here: if a proxy or a private authority issued it, name a file with the certificate of " +
  "that authority in NODE_EXTRA_CA_CERTS";
// The other side speaks no TLS, or none that this side accepts.
const NO_COMMON_TLS =
  /^ERR_SSL_.*(?:WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|HANDSHAKE_FAILURE)/;
const NO_TLS = "it speaks no TLS that is accepted here; an endpoint without TLS begins with http://";

// undici's errors for bytes that came, but are no HTTP. They hold the bytes, so they are no cause to show.
const NOT_HTTP: ReadonlySet<string> = new Set([
  "HTTPParserError",
  "HeadersOverflowError",
  "ResponseContentLengthMismatchError",
]);
// undici takes it for granted that nobody switches protocols unasked, say.
const ASSERTION = "AssertionError";

/** What went wrong below HTTP, as one of our errors. */
export function networkError(
  error: unknown,
  operation: CallSubject,
  route: Route,
  scrub: Scrub,
): UnreachableError | ProtocolError {
  const details = aboutTask(operation);
  const place = describeRoute(route);
  const text = error instanceof Error ? scrub(printable(error.message, 200)) : "unknown error";
  if (error instanceof Error && error.name === ASSERTION) {
    return new ProtocolError(
      `${operation.subject} got an answer from ${place} that HTTP does not allow`,
      details,
    );
  }
  if (error instanceof Error && NOT_HTTP.has(error.name)) {
    return new ProtocolError(
      `${operation.subject} got an answer from ${place} that is not HTTP: ${text}`,
      details,
    );
  }
  const { reason, permanent } =
    error instanceof ConnectError && error.proxyStatus !== undefined
      ? refusedByProxy(error.proxyStatus)
      : reasonOf(error, text);
  return new UnreachableError(`${operation.subject} got no answer from ${place}: ${reason}`, {
    ...details,
    permanent,
    cause: safeCause(error, scrub),
  });
}

interface Reason {
  readonly reason: string;
  /** A further try gets the same. */
  readonly permanent: boolean;
}

function refusedByProxy(status: number): Reason {
  const why =
    status === 407
      ? "it asks for another user name and password: name them in the proxy's URL"
      : "it does not let this host through";
  const passing = status >= 500 || status === 408 || status === 429;
  return passing
    ? { reason: `the proxy answered with HTTP ${status}`, permanent: false }
    : { reason: `the proxy refused with HTTP ${status}: ${why}`, permanent: true };
}

function reasonOf(error: unknown, text: string): Reason {
  const code = errorCodeOf(error, CODE);
  if (code === undefined) {
    return { reason: text, permanent: false };
  }
  const untrusted = UNTRUSTED.test(code);
  const noTls = NO_COMMON_TLS.test(code);
  const known = REASONS[code] ?? (untrusted ? UNTRUSTED_ISSUER : noTls ? NO_TLS : text);
  return { reason: `${known} (${code})`, permanent: untrusted || noTls };
}

/** `no answer from <place> within <timeout>`, for a call that took too long. */
export function timeoutError(
  operation: CallSubject,
  route: Route,
  timeoutMs: number,
  connected: boolean,
): UnreachableError {
  return new UnreachableError(
    `${operation.subject} got no answer from ${describeRoute(route)}: no ${connected ? "answer" : "connection"} within ${timeoutMs} ms`,
    {
      ...aboutTask(operation),
      ...(connected ? {} : { cause: new ConnectError("nothing was sent") }),
    },
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
