import { invalidOption } from "../../options/check-options.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";

/** Where a request may go: only to hosts that the declaration names, and there over TLS or to this machine. */
export interface AllowedHosts {
  /** @throws {@link InvalidOptionError} for any other. */
  check(url: URL): void;
}

/**
 * Reads the hosts of a declaration.
 *
 * @param patterns - Hosts, or `*.` before a domain; with a port if it is not the scheme's own.
 * @throws {@link InvalidOptionError} for a pattern that would let through whole top-level domains.
 */
export function allowedHosts(patterns: readonly string[], path: string): AllowedHosts {
  for (const pattern of patterns) {
    if (pattern.startsWith("*.") && pattern.split(".").length < 3) {
      throw invalidOption(path, 'must name a domain of at least two parts after "*."', pattern);
    }
  }
  const lower = patterns.map((pattern) => pattern.toLowerCase());
  return {
    check: (url) => {
      if (url.username !== "" || url.password !== "") {
        throw new InvalidOptionError(`a URL must hold no user name or password, got one of ${url.host}`);
      }
      if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
        throw invalidOption("a URL", "must be https unless it is this machine's", url.origin);
      }
      if (!lower.some((pattern) => matches(url.host, pattern))) {
        throw new InvalidOptionError(
          `the request would go to ${quoted(url.host)}, but ${path} names only ${lower.map(quoted).join(", ")}`,
        );
      }
    },
  };
}

/** Whether a host name is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** A URL, parsed. @throws {@link InvalidOptionError} when it is none. */
export function parseUrl(text: string, path: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalidOption(path, "must be an http or https URL", text);
  }
}

function matches(host: string, pattern: string): boolean {
  return pattern.startsWith("*.")
    ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
    : host === pattern;
}
