import type { TaskApi } from "../../apis/format/task-api.ts";
import { type ApiRequest, header, parameterValue } from "../protocol/api-request.ts";
import { type Pattern, patternOf } from "./path-pattern.ts";

/** What a request to a declared API asks for. */
export type ApiCall =
  /** Tasks by their ids; without ids, whatever there is. */
  | { readonly kind: "describe"; readonly taskIds: readonly string[] | undefined }
  /** A page of the listing. */
  | { readonly kind: "list" };

/** Tells the requests of one declared API. */
export type ApiRoute = (request: ApiRequest) => ApiCall | undefined;

/** @param idAt - The id of a task that is a URL with this path, for APIs whose ids are URLs. */
export function apiRoute(api: TaskApi, idAt: (path: string) => string | undefined): ApiRoute {
  const { request, name, list } = api;
  const isSigned = request.style !== "http";
  const method = request.method ?? (request.style === "rpc" ? undefined : "GET");
  const one = onePath(request, idAt);
  const listing = list === undefined ? undefined : patternOf(list.path ?? parentOf(pathOf(request)));
  const parameterOf = idParameters(api);
  return (asked) => {
    const action = header(asked, "x-acs-action");
    const isOurs = isSigned
      ? action === request.action && header(asked, "x-acs-version") === request.version
      : action === undefined;
    if (!isOurs || (method !== undefined && asked.method !== method)) {
      return undefined;
    }
    // Without the name before it, if it has that.
    const path = isPrefixed(asked, name) ? asked.path.slice(name.length + 1) || "/" : asked.path;
    const values = one(path);
    const ids = values === undefined ? undefined : (parameterOf(asked) ?? idIn(values));
    if (list !== undefined && ids === undefined && listing?.(path) !== undefined) {
      return { kind: "list" };
    }
    return values === undefined ? undefined : { kind: "describe", taskIds: ids };
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

function onePath(request: TaskApi["request"], idAt: (path: string) => string | undefined): Pattern {
  return takesAnyPath(request) ? (path) => new Map([["id", idAt(path) ?? path]]) : patternOf(pathOf(request));
}

function pathOf(request: TaskApi["request"]): string {
  switch (request.style) {
    case "rpc":
      return "/";
    case "roa":
      return request.path;
    case "http":
      return /^https?:\/\/[^/?#]*([^?#]*)/.exec(request.url)?.[1] || "/";
  }
}

/** A path without its last segment. */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function idIn(values: ReadonlyMap<string, string>): readonly string[] | undefined {
  const id = values.get("id");
  return id === undefined ? undefined : [id];
}

/** The ids that the parameters of a request give. */
function idParameters({ ids, request }: TaskApi): (asked: ApiRequest) => readonly string[] | undefined {
  if (ids !== undefined) {
    return (asked) => joinedIds(asked, ids);
  }
  const [, query = ""] = request.style === "http" ? request.url.split("?") : [];
  const parameters = request.style === "http" ? [] : Object.entries(request.parameters ?? {});
  const [name, template] =
    [...new URLSearchParams(query), ...parameters].find(([, text]) => /\{\+?id\}/.test(text)) ?? [];
  const pattern = template === undefined ? undefined : patternOf(template.replace("{id}", "{+id}"));
  return (asked) => {
    const value = name === undefined ? undefined : parameterValue(asked, name);
    const values = value === undefined ? undefined : pattern?.(encodeURIComponent(value));
    return values === undefined ? undefined : idIn(values);
  };
}

function joinedIds(
  asked: ApiRequest,
  { parameter: name, join }: NonNullable<TaskApi["ids"]>,
): readonly string[] | undefined {
  if (join === "repeat") {
    const first = parameterValue(asked, `${name}.1`);
    const ids: string[] = [];
    for (let id = first; id !== undefined; id = parameterValue(asked, `${name}.${ids.length + 1}`)) {
      ids.push(id);
    }
    return first === undefined ? undefined : ids;
  }
  const value = parameterValue(asked, name);
  if (value === undefined || value === "") {
    return undefined;
  }
  return join === "," ? value.split(",") : idsOfJson(value);
}

function idsOfJson(text: string): readonly string[] {
  try {
    const ids: unknown = JSON.parse(text);
    return Array.isArray(ids) ? ids.map(String) : [];
  } catch {
    return [];
  }
}
