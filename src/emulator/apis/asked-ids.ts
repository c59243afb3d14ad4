import type { HttpRequest, TaskApi } from "../../apis/format/task-api.ts";
import { type ApiRequest, header, parametersOf, parameterValue } from "../protocol/api-request.ts";
import { type Pattern, textPatternOf } from "./path-pattern.ts";

/** The ids that a request's parameters and headers give; undefined when they give none. */
export type AskedIds = (asked: ApiRequest) => readonly string[] | undefined;

/** Reads ids wherever a declaration puts them besides the path. */
export function askedIds({ ids, request }: TaskApi): AskedIds {
  if (ids !== undefined) {
    return (asked) => joinedIds(asked, ids);
  }
  const pairs =
    request.style === "http"
      ? queryOf(request).map((pair) => textPatternOf(pair, decodeForm))
      : Object.entries(request.parameters ?? {})
          .filter(([, template]) => hasId(template))
          .map(([name, template]) => textPatternOf(`${name}=${template}`));
  const headers = Object.entries(request.style === "http" ? (request.headers ?? {}) : {})
    .filter(([, template]) => hasId(template))
    .map(([name, template]) => [name.toLowerCase(), textPatternOf(template)] as const);
  return (asked) => {
    const sent = pairs.length === 0 ? [] : parametersOf(asked).map(([name, value]) => `${name}=${value}`);
    const found = [
      ...pairs.flatMap((pattern) => sent.map((pair) => idBy(pattern, pair))),
      ...headers.map(([name, pattern]) => idBy(pattern, header(asked, name) ?? "")),
    ].find((id) => id !== undefined);
    return found === undefined ? undefined : [found];
  };
}

/** Whether a template holds the id. */
export function hasId(template: string): boolean {
  return /\{\+?id\}/.test(template);
}

function idBy(pattern: Pattern, text: string): string | undefined {
  return pattern(text)?.get("id");
}

/** The pairs of a URL's query that hold the id, still encoded. */
function queryOf({ url }: HttpRequest): readonly string[] {
  const [, query = ""] = /\?([^#]*)/.exec(url) ?? [];
  return query
    .split("&")
    .filter(hasId)
    .map((pair) => (pair.includes("=") ? pair : `${pair}=`));
}

function decodeForm(piece: string): string {
  return new URLSearchParams(`x=${piece}`).get("x") ?? "";
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
