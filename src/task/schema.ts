/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  /** Where it is wrong: keys from the top, or objects that hold one. */
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** The value as the schema reads it, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/**
 * A schema of any library that follows the Standard Schema specification: zod, valibot, arktype and others.
 *
 * Source: standardschema.dev, version 1.
 */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    /** The value as it is read, or what is wrong with it, at once or later. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** A {@link StandardSchema} of records that taskwait itself writes. */
export interface RecordSchema<Output> extends StandardSchema<Output> {
  /** The record. Throws the issues that there are. */
  parse(value: unknown): Output;
  /** The record as `data`, or an error with the issues that there are. Never throws. */
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Output }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}
