/** A request as it came over the wire, whole. */
export interface ApiRequest {
  readonly method: string;
  /** The path as sent, still encoded, without the query. */
  readonly path: string;
  /** The query's names and values, decoded, in the order sent. */
  readonly query: readonly (readonly [string, string])[];
  /** Under lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The first value of a parameter of the query. */
export function queryValue(request: ApiRequest, name: string): string | undefined {
  return request.query.find(([key]) => key === name)?.[1];
}

/** The first value of a parameter of a form body. */
export function formValue(request: ApiRequest, name: string): string | undefined {
  return new URLSearchParams(Buffer.from(request.body).toString("utf8")).get(name) ?? undefined;
}

/** All parameters, of the query and then of a form body. */
export function parametersOf({ query, body }: ApiRequest): readonly (readonly [string, string])[] {
  return [...query, ...new URLSearchParams(Buffer.from(body).toString("utf8"))];
}

/** The first value of a parameter, of the query or else of a form body. */
export function parameterValue(request: ApiRequest, name: string): string | undefined {
  return parametersOf(request).find(([key]) => key === name)?.[1];
}

/** A header's value; never one of the object's own properties. */
export function header(request: ApiRequest, name: string): string | undefined {
  return Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
}

/** One segment of a path, decoded; undefined when it is no valid encoding. */
export function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
