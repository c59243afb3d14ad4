import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { HttpRequest, Listing, Params, RoaRequest, RpcRequest, TaskApi } from "../format/task-api.ts";
import { inHeader, inPath, verbatim } from "./encode.ts";
import { endpointTemplate } from "./endpoint-template.ts";
import { expand } from "./fill.ts";
import type { PreparedRequest } from "./prepared-request.ts";
import { type Encode, parseTemplate, type Template } from "./template.ts";
import { urlTemplate } from "./url-template.ts";
import { namesToSet, type RequestValues } from "./values.ts";

type Pairs = PreparedRequest["query"];

/** How to make the requests of a declaration. */
export interface RequestPlan {
  /** What `set` must give. */
  readonly setNames: ReadonlySet<string>;
  readonly needsRegion: boolean;
  /** @throws {@link InvalidOptionError} when the values make no such request. */
  prepare(values: RequestValues): PreparedRequest;
  /** The same for a page of the listing. */
  prepareList(values: RequestValues): PreparedRequest;
}

/** What the styles differ in: how the address is made. */
interface Address {
  readonly templates: readonly Template[];
  readonly needsRegion: boolean;
  make(values: RequestValues, isList: boolean): Pick<PreparedRequest, "origin" | "path" | "query">;
}

/**
 * Compiles the requests of a declaration.
 *
 * @throws {@link InvalidOptionError} for placeholders that are wrong, missing, or in the wrong place.
 */
export function compileRequest(api: TaskApi): RequestPlan {
  const { request, ids, list, name } = api;
  const at = `${name}: request`;
  const address = request.style === "http" ? httpAddress(request, list, at) : acsAddress(request, list, at);
  const parameters = "parameters" in request ? templates(request.parameters, `${at}.parameters`) : [];
  if ("headers" in request) {
    refuseSecrets(Object.keys(request.headers ?? {}), `${at}.headers`);
  }
  const headers = "headers" in request ? templates(request.headers, `${at}.headers`, true) : [];
  const listed = templates(list?.parameters, `${name}: list.parameters`);
  const ofOne = [...address.templates, ...[...parameters, ...headers].map(([, template]) => template)];
  checkIds(api, ofOne);
  const ofAll = [...ofOne, ...listed.map(([, template]) => template)];
  return {
    setNames: namesToSet(ofAll.flatMap((template) => [...template.names])),
    needsRegion: address.needsRegion || ofAll.some((template) => template.names.has("region")),
    prepare: (values) => {
      const made = address.make(values, false);
      const own = ids === undefined ? parameters : parameters.filter(([key]) => key !== ids.parameter);
      const asked = ids === undefined ? [] : idParameters(ids, values.taskIds);
      return {
        method: methodOf(request),
        ...made,
        query: [...made.query, ...expanded(own, values, verbatim), ...asked],
        headers: headersOf(headers, values),
      };
    },
    prepareList: (values) => {
      const made = address.make(values, true);
      const filters = listed.filter(([, { names }]) => values.status !== undefined || !names.has("status"));
      const page: Pairs =
        values.page === undefined || list === undefined
          ? []
          : [["page" in list.next ? list.next.page : list.next.parameter, values.page]];
      return {
        method: methodOf(request),
        ...made,
        query: [...made.query, ...expanded(filters, values, verbatim), ...page],
        headers: headersOf(headers, values),
      };
    },
  };
}

function methodOf(request: TaskApi["request"]): "GET" | "POST" {
  return request.method ?? (request.style === "rpc" ? "POST" : "GET");
}

function acsAddress(request: RpcRequest | RoaRequest, list: Listing | undefined, at: string): Address {
  const endpoint = endpointTemplate(request.endpoint, `${at}.endpoint`);
  const path = parseTemplate(request.style === "rpc" ? "/" : request.path, `${at}.path`);
  const listPath = parseTemplate(
    list?.path ?? (request.style === "rpc" ? "/" : parentOf(request.path)),
    `${at}.path`,
  );
  return {
    templates: [path, ...endpoint.templates],
    needsRegion: endpoint.needsRegion,
    make: (values, isList) => ({
      origin: endpoint.origin(values),
      path: expand(isList ? listPath : path, values, inPath),
      query: [],
    }),
  };
}

function httpAddress(request: HttpRequest, list: Listing | undefined, at: string): Address {
  const url = urlTemplate(request, `${at}.url`);
  const listUrl =
    list === undefined
      ? url
      : urlTemplate({ ...request, url: listUrlOf(request.url, list.path) }, `${at}.url`);
  return {
    templates: url.templates,
    needsRegion: false,
    make: (values, isList) => (isList ? listUrl : url).make(values),
  };
}

function listUrlOf(url: string, path: string | undefined): string {
  const [, origin = "", rest = ""] = /^(https?:\/\/[^/]*)([^?#]*)/.exec(url) ?? [];
  return path === undefined ? `${origin}${parentOf(rest)}` : `${origin}${path}`;
}

/** A path without its last segment. */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1) || "/";
}

function templates(
  params: Params | undefined,
  at: string,
  isHidden = false,
): (readonly [string, Template])[] {
  return Object.entries(params ?? {}).map(([key, text]) => [
    key,
    parseTemplate(text, `${at}.${key}`, isHidden),
  ]);
}

function expanded(
  pairs: readonly (readonly [string, Template])[],
  values: RequestValues,
  encode: Encode,
): Pairs {
  return pairs.map(([key, template]) => [key, expand(template, values, encode)]);
}

/** What stands in a declaration is shown, so it can't prove who calls. */
function refuseSecrets(names: readonly string[], at: string): void {
  const secret = names.find((name) => /^(?:(?:proxy-)?authorization|cookie|(?:x-)?api-key)$/i.test(name));
  if (secret !== undefined) {
    throw new InvalidOptionError(
      `${at} must not have ${quoted(secret)}: request.auth names the environment variable that holds the key`,
    );
  }
}

function headersOf(
  pairs: readonly (readonly [string, Template])[],
  values: RequestValues,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    expanded(pairs, values, inHeader).map(([key, value]) => [key.toLowerCase(), value]),
  );
}

function idParameters({ parameter, join }: NonNullable<TaskApi["ids"]>, taskIds: readonly string[]): Pairs {
  switch (join) {
    case ",":
      return [[parameter, taskIds.join(",")]];
    case "json":
      return [[parameter, JSON.stringify(taskIds)]];
    case "repeat":
      return taskIds.map((id, at) => [`${parameter}.${at + 1}`, id]);
  }
}

/** Each request must name its task, or all ids would be given the same answer. */
function checkIds({ name, ids, task, list }: TaskApi, used: readonly Template[]): void {
  const wrong = used.find(({ names }) => names.has("status"));
  if (wrong !== undefined) {
    throw new InvalidOptionError(`${wrong.path} has {status}, which only list.parameters may have`);
  }
  const many = used.find(({ names }) => names.has("ids"));
  if (many !== undefined && ids === undefined) {
    throw new InvalidOptionError(`${many.path} has {ids}, so ids must be declared, too`);
  }
  const picksFromList = task.id !== undefined && task.absence === "unknown";
  if (ids === undefined && !picksFromList && !used.some(({ names }) => names.has("id"))) {
    throw new InvalidOptionError(
      `${name}: request must hold {id} somewhere, or all tasks would be the same (a list that can't be asked for one id needs task.id and task.absence "unknown")`,
    );
  }
  if (task.id === undefined && (ids !== undefined || list !== undefined)) {
    const why = ids === undefined ? "list" : "ids";
    throw new InvalidOptionError(
      `${name}: task.id must be given, because ${why} makes one answer hold many tasks`,
    );
  }
  if (many !== undefined && many.path !== `${name}: request.parameters.${ids?.parameter}`) {
    throw new InvalidOptionError(`${many.path} has {ids}, which only ${quoted(ids?.parameter)} may have`);
  }
}
