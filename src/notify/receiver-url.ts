import { isLoopback } from "../openapi/endpoint/endpoint.ts";
import { InvalidOptionError } from "../task/errors.ts";

/** Where events are posted. */
export interface ReceiverUrl {
  readonly href: string;
  /** Scheme, host and port: what may be shown. A path or query of such URLs is often a secret. */
  readonly origin: string;
  readonly path: string;
  readonly isLoopback: boolean;
}

/**
 * Reads the URL of a receiver: https, or http to this machine. The error never shows it.
 *
 * @param source - The option that it comes from, for the error.
 * @throws {@link InvalidOptionError} for anything else.
 */
export function parseReceiverUrl(text: unknown, source: string): ReceiverUrl {
  const url = typeof text === "string" ? tryUrl(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidOptionError(
      `${source} must be an https URL (its value is not shown: it may hold a secret)`,
    );
  }
  const loopback = isLoopback(url.hostname);
  if (url.protocol === "http:" && !loopback) {
    throw new InvalidOptionError(`${source} must be https beyond this machine's loopback, got ${url.origin}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidOptionError(`${source} must hold no user name or password, got one for ${url.origin}`);
  }
  return { href: url.href, origin: url.origin, path: url.pathname + url.search, isLoopback: loopback };
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
