import { BlockList, isIP } from "node:net";
import { InvalidOptionError } from "../../task/errors.ts";
import { type Environment, firstSet } from "../credentials/environment.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";

/** What is between here and the service. */
export interface ProxyOptions {
  /**
   * The URL of an HTTP proxy, with its user name and password if it asks for them.
   *
   * @defaultValue `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` or loopback
   */
  readonly proxy?: string;
}

/** An HTTP proxy. */
export interface ForwardProxy {
  /** All of it. */
  readonly url: string;
  /** Scheme, host and port, without user name and password, so that no error can show them. */
  readonly origin: string;
  /** For messages. */
  readonly host: string;
  /** The `proxy-authorization` header. */
  readonly authorization?: string;
  /** What must never be shown. */
  readonly secrets: readonly string[];
}

/**
 * Reads a proxy's URL.
 *
 * @param source - The option or variable that it comes from, for the error.
 * @throws {@link InvalidOptionError} for anything but an http or https URL; the value is not shown, as it may
 * hold a password.
 */
export function parseProxy(text: string, source: string): ForwardProxy {
  let url: URL;
  try {
    // Other tools take a proxy without a scheme, and so do people.
    url = new URL(text.includes("://") ? text : `http://${text}`);
  } catch {
    throw notAProxy(source);
  }
  if ((url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    throw notAProxy(source);
  }
  const { origin, host } = url;
  if (url.username === "" && url.password === "") {
    return { url: url.href, origin, host, secrets: [] };
  }
  const [user, password] = [decode(url.username), decode(url.password)];
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  return {
    url: url.href,
    origin,
    host,
    authorization: `Basic ${basic}`,
    secrets: [user, password, url.username, url.password, basic],
  };
}

/**
 * The proxy that the environment asks for on the way to an endpoint. None for loopback: what runs on this
 * machine is not to be searched for from a proxy's.
 */
export function proxyFromEnvironment(endpoint: Endpoint, environment: Environment): ForwardProxy | undefined {
  const names = endpoint.origin.startsWith("https:")
    ? ["https_proxy", "HTTPS_PROXY"]
    : ["http_proxy", "HTTP_PROXY"];
  const found = firstSet(environment, names);
  if (found === undefined || endpoint.loopback || isExcepted(endpoint, environment)) {
    return undefined;
  }
  return parseProxy(found.value, found.name);
}

function isExcepted(endpoint: Endpoint, environment: Environment): boolean {
  const { hostname, port, protocol } = new URL(endpoint.origin);
  const actualPort = port || (protocol === "https:" ? "443" : "80");
  const exceptions = firstSet(environment, ["no_proxy", "NO_PROXY"])?.value ?? "";
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .some((exception) => {
      if (isInRange(hostname.replace(/^\[|\]$/g, ""), exception)) {
        return true;
      }
      const [, name = "", exceptedPort] = /^(.*?)(?::(\d+))?$/.exec(exception) ?? [];
      const bare = name.replace(/^\*?\./, "");
      return (
        (name === "*" || (bare !== "" && (hostname === bare || hostname.endsWith(`.${bare}`)))) &&
        (exceptedPort === undefined || exceptedPort === actualPort)
      );
    });
}

/** Whether the host is an address within the range, such as `10.0.0.0/8`, `fd00::/8` or a single address. */
function isInRange(host: string, range: string): boolean {
  const [address = "", bits] = range.split("/", 2);
  const version = isIP(address);
  if (version === 0 || isIP(host) !== version) {
    return false;
  }
  const maxBits = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? maxBits : Number(/^\d{1,3}$/.exec(bits)?.[0] ?? Number.NaN);
  if (!(prefix <= maxBits)) {
    return false;
  }
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list.check(host, family);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function notAProxy(source: string): InvalidOptionError {
  return new InvalidOptionError(
    `${source} must be an http or https URL of a proxy (its value is not shown: it may hold a password)`,
  );
}
