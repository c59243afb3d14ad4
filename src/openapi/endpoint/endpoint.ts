import { invalidOption } from "../../options/check-options.ts";
import { type Environment, firstSet, prefixed } from "../credentials/environment.ts";

/** The way to the service. */
export interface EndpointOptions {
  /**
   * A host, `host:port` or URL to use instead of the region's endpoint. `http://` only for loopback, unless
   * {@link EndpointOptions.insecure}.
   *
   * @defaultValue `ALIBABA_CLOUD_ENDPOINT`, else the region's endpoint
   */
  readonly endpoint?: string;
  /**
   * Use the region's endpoint within a VPC. Not together with {@link EndpointOptions.endpoint}; an endpoint from the
   * environment goes before it.
   *
   * @defaultValue true if `ALIBABA_CLOUD_ENDPOINT_TYPE` is `vpc`
   */
  readonly vpc?: boolean;
  /**
   * Allows `http://` endpoints beyond this machine, where everyone on the way can read the requests.
   *
   * @defaultValue false
   */
  readonly insecure?: boolean;
}

/** Where requests go. */
export interface Endpoint {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The `host` header, which is signed: with the port unless it is the scheme's own. */
  readonly host: string;
  /** This machine itself. */
  readonly loopback: boolean;
}

/**
 * Reads a host, a host with a port, or a URL of nothing else. Without a scheme it is `https`.
 *
 * @param source - The option or variable that it comes from, for the error.
 * @param insecure - Allows `http://` beyond this machine.
 * @throws {@link InvalidOptionError} for anything else.
 */
export function parseEndpoint(text: string, source: string, insecure: boolean): Endpoint {
  const url = /^[\x21-\x5b\x5d-\x7e]+$/.test(text)
    ? tryUrl(text.includes("://") ? text : `https://${text}`)
    : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:") || url.hostname === "") {
    throw invalidOption(source, "must be a host, host:port, or an http or https URL", withoutUserInfo(text));
  }
  if (text.includes("@")) {
    throw invalidOption(source, "must hold no user name or password", withoutUserInfo(text));
  }
  if (url.pathname !== "/" || /[?#]/.test(text)) {
    throw invalidOption(source, "must hold no path and no query", text);
  }
  const loopback = isLoopback(url.hostname);
  if (url.protocol === "http:" && !loopback && !insecure) {
    throw invalidOption(
      source,
      "must be https unless it is this machine's loopback or insecure is true",
      text,
    );
  }
  return { origin: url.origin, host: url.host, loopback };
}

/** Whether the endpoint within a VPC is wanted. */
export function wantsVpc(options: EndpointOptions, environment: Environment): boolean {
  return options.vpc ?? firstSet(environment, prefixed("ENDPOINT_TYPE"))?.value.toLowerCase() === "vpc";
}

/**
 * The endpoint that options or environment name: it goes before the host of any region.
 *
 * @throws {@link InvalidOptionError} naming the option or variable that can't be used.
 */
export function namedEndpoint(options: EndpointOptions, environment: Environment): Endpoint | undefined {
  const found =
    options.endpoint === undefined
      ? firstSet(environment, prefixed("ENDPOINT"))
      : { name: "endpoint", value: options.endpoint };
  return found && parseEndpoint(found.value, found.name, options.insecure ?? false);
}

/** `127.0.0.0/8`, `::1` and `localhost`, of a host name that the URL parser has already brought into one form. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function tryUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function withoutUserInfo(text: string): string {
  return text.replace(/^([^/]*:\/\/)?.*@/, "$1…@");
}
