import type { TaskApi } from "../../apis/format/task-api.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { type ApiRequest, header } from "../protocol/api-request.ts";
import { askedIds, hasId } from "./asked-ids.ts";
import { patternOf } from "./path-pattern.ts";

/** What a request to a declared API asks for. */
export type ApiCall =
  /** Tasks by their ids; without ids, whatever there is. */
  | { readonly kind: "describe"; readonly taskIds: readonly string[] | undefined }
  /** A page of the listing. */
  | { readonly kind: "list" };

/** Tells the requests of one declared API. */
export type ApiRoute = (request: ApiRequest) => ApiCall | undefined;

/**
 * @param idAt - The id of a task that is a URL with this path and query, for APIs whose ids are URLs.
 * @throws `InvalidOptionError` for a declaration whose ids no request to this machine can carry.
 */
export function apiRoute(
  api: TaskApi,
  idAt: (path: string, query: ApiRequest["query"]) => string | undefined,
): ApiRoute {
  const { request, name, list } = api;
  const isSigned = request.style !== "http";
  const method = request.method ?? (request.style === "rpc" ? undefined : "GET");
  const { path: pathTemplate, host } = addressOf(request);
  if (hasId(host)) {
    throw new InvalidOptionError(`${name}: the emulator can't tell ids that are part of the host (${host})`);
  }
  const pattern = takesAnyPath(request) ? undefined : patternOf(pathTemplate);
  const listing = list === undefined ? undefined : patternOf(list.path ?? parentOf(pathTemplate));
  const idsIn = askedIds(api);
  const callAt = (path: string, asked: ApiRequest): ApiCall | undefined => {
    const values = pattern === undefined ? new Map([["id", idAt(path, asked.query) ?? path]]) : pattern(path);
    const inPath = values?.get("id");
    const ids =
      values === undefined ? undefined : (idsIn(asked) ?? (inPath === undefined ? undefined : [inPath]));
    if (list !== undefined && ids === undefined && listing?.(path) !== undefined) {
      return { kind: "list" };
    }
    return values === undefined ? undefined : { kind: "describe", taskIds: ids };
  };
  return (asked) => {
    const action = header(asked, "x-acs-action");
    const isOurs = isSigned
      ? action === request.action && header(asked, "x-acs-version") === request.version
      : action === undefined;
    if (!isOurs || (method !== undefined && asked.method !== method)) {
      return undefined;
    }
    // Without the name before it, if it has that; but the service's own path may begin with this name.
    const { path } = asked;
    const rest = isPrefixed(asked, name) ? callAt(path.slice(name.length + 1) || "/", asked) : undefined;
    return rest ?? callAt(path, asked);
  };
}

/** Whether a request names an API by the first segment of its path, which tells apart what only hosts do elsewhere. */
export function isPrefixed({ path }: ApiRequest, name: string): boolean {
  return path.startsWith(`/${name}/`) || path === `/${name}`;
}

/** Whether the ids are URLs, so that any path may be one. */
export function takesAnyPath(request: TaskApi["request"]): boolean {
  return request.style === "http" && !/^https?:/.test(request.url);
}

function addressOf(request: TaskApi["request"]): { readonly host: string; readonly path: string } {
  switch (request.style) {
    case "rpc":
      return { host: "", path: "/" };
    case "roa":
      return { host: "", path: request.path };
    case "http": {
      const [, host = "", path = ""] = /^https?:\/\/([^/?#]*)([^?#]*)/.exec(request.url) ?? [];
      return { host, path: path === "" ? "/" : path };
    }
  }
}

/** A path without its last segment. */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
