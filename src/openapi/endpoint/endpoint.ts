import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { BdrcClientOptions } from "../caller-options.ts";
import { type Environment, firstSet, prefixed } from "../credentials/environment.ts";
import { checkRegion, type NamedRegion, regionFromEnvironment } from "./region.ts";

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
    throw new InvalidOptionError(
      `${source} must be a host, host:port, or an http or https URL, got ${quoted(withoutUserInfo(text))}`,
    );
  }
  if (text.includes("@")) {
    throw new InvalidOptionError(
      `${source} must hold no user name or password, got ${quoted(withoutUserInfo(text))}`,
    );
  }
  if (url.pathname !== "/" || /[?#]/.test(text)) {
    throw new InvalidOptionError(`${source} must hold no path and no query, got ${quoted(text)}`);
  }
  const loopback = isLoopback(url.hostname);
  if (url.protocol === "http:" && !loopback && !insecure) {
    throw new InvalidOptionError(
      `${source} must be https unless it is this machine's loopback or insecure is true, got ${quoted(text)}`,
    );
  }
  return { origin: url.origin, host: url.host, loopback };
}

/** The documented endpoint of a region, or its endpoint within a VPC. */
export function endpointOfRegion(region: NamedRegion, vpc: boolean): Endpoint {
  const host = `${vpc ? "bdrc-vpc" : "bdrc"}.${checkRegion(region)}.aliyuncs.com`;
  return { origin: `https://${host}`, host, loopback: false };
}

/** Whether the endpoint within a VPC is wanted. */
export function wantsVpc(options: BdrcClientOptions, environment: Environment): boolean {
  return options.vpc ?? firstSet(environment, prefixed("ENDPOINT_TYPE"))?.value.toLowerCase() === "vpc";
}

/**
 * The endpoint as far as options and environment tell: an endpoint goes before a region, an option before the
 * environment.
 *
 * @returns `undefined` when neither names an endpoint nor a region.
 * @throws {@link InvalidOptionError} naming the option or variable that can't be used.
 */
export function chooseEndpoint(options: BdrcClientOptions, environment: Environment): Endpoint | undefined {
  const insecure = options.insecure ?? false;
  if (options.endpoint !== undefined) {
    return parseEndpoint(options.endpoint, "endpoint", insecure);
  }
  const fromEnvironment = firstSet(environment, prefixed("ENDPOINT"));
  if (fromEnvironment) {
    return parseEndpoint(fromEnvironment.value, fromEnvironment.name, insecure);
  }
  const region =
    options.regionId === undefined
      ? regionFromEnvironment(environment)
      : { regionId: options.regionId, source: "regionId" };
  return region && endpointOfRegion(region, wantsVpc(options, environment));
}

/** `127.0.0.0/8`, `::1` and `localhost`, of a host name that the URL parser has already brought into one form. */
function isLoopback(hostname: string): boolean {
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
