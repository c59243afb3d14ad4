/** A request, filled in. */
export interface PreparedRequest {
  readonly method: "GET" | "POST";
  /** Scheme, host and port. */
  readonly origin: string;
  /** Encoded, beginning with a slash. */
  readonly path: string;
  /** Not encoded. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** A declaration's own; under lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}
