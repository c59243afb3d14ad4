import { invalidOption } from "../../options/check-options.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import type { HttpRequest } from "../format/task-api.ts";
import { inAuthority, inHost, inPath, inQuery, verbatim } from "./encode.ts";
import { expand } from "./fill.ts";
import { allowedHosts, isLoopback, parseUrl } from "./hosts.ts";
import type { PreparedRequest } from "./prepared-request.ts";
import { parseTemplate, type Template } from "./template.ts";
import type { RequestValues } from "./values.ts";

/** A URL with placeholders. */
export interface UrlTemplate {
  readonly templates: readonly Template[];
  /** @throws {@link InvalidOptionError} when the URL leads to a host that the declaration does not name. */
  make(values: RequestValues): Pick<PreparedRequest, "origin" | "path" | "query">;
}

/**
 * Reads the URL of a declaration: spelled out, with placeholders in it, or one placeholder that is a whole URL.
 *
 * @throws {@link InvalidOptionError} when no host that it may lead to is named.
 */
export function urlTemplate({ url, hosts }: HttpRequest, path: string): UrlTemplate {
  const whole = /^\{\+[A-Za-z]\w*\}$/.test(url);
  const spelled = /^(https?):\/\/([^/?#]+)([^?#]*)(?:\?([^#]*))?$/.exec(url);
  if (!whole && spelled === null) {
    throw invalidOption(path, 'must be an http or https URL without a fragment, or "{+id}"', url);
  }
  const [, scheme = "", host = "", rest = "", query = ""] = spelled ?? [];
  const hostIsOpen = whole || /[{}]/.test(host);
  if (hostIsOpen && hosts === undefined) {
    throw invalidOption(
      `${path} leaves the host open, so request.hosts`,
      "must name the hosts that may be asked",
      url,
    );
  }
  const allowed = allowedHosts(
    [...(hosts ?? []), ...(hostIsOpen ? [] : [defaultPortless(scheme, host, path)])],
    hosts === undefined ? path : path.replace(/url$/, "hosts"),
  );
  const wholeTemplate = parseTemplate(whole ? url : "", path);
  const hostTemplate = parseTemplate(host, path);
  const encodeHost = /^\{[^{}]*\}(?::\d+)?$/.test(host) ? inAuthority : inHost;
  const pathTemplate = parseTemplate(rest === "" ? "/" : rest, path);
  const queryTemplate = parseTemplate(query, path);
  return {
    templates: whole ? [wholeTemplate] : [hostTemplate, pathTemplate, queryTemplate],
    make: (values) => {
      const text = whole
        ? expand(wholeTemplate, values, verbatim)
        : `${scheme}://${expand(hostTemplate, values, encodeHost)}${expand(pathTemplate, values, inPath)}?${expand(queryTemplate, values, inQuery)}`;
      const made = parseUrl(text, path);
      allowed.check(made);
      return { origin: made.origin, path: made.pathname, query: [...made.searchParams] };
    },
  };
}

/** The host as the URL parser writes it, after checking that a URL without TLS is this machine's. */
function defaultPortless(scheme: string, host: string, path: string): string {
  const url = parseUrl(`${scheme}://${host}`, path);
  if (scheme === "http" && !isLoopback(url.hostname)) {
    throw invalidOption(path, "must be https unless it is this machine's", url.origin);
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidOptionError(`${path} must hold no user name or password`);
  }
  return url.host;
}
