import type { ApiIdentity, TaskSource } from "./source.ts";

/**
 * What `defineTaskApi` of `taskwait/apis` puts on a declaration: how its tasks are seen. So a wait can take one though
 * nothing here loads what reads declarations.
 */
export const DECLARED_API: unique symbol = Symbol.for("taskwait.declaredApi");

/** A declaration with the way to its tasks. */
export interface DeclaredApi<Options = unknown> {
  readonly identity: ApiIdentity;
  /** @throws `InvalidOptionError` for options that can't be used. */
  source(options: Options): TaskSource;
}

/** The way to a declaration's tasks; undefined when it did not come from `defineTaskApi`. */
export function declaredApiOf(api: unknown): DeclaredApi | undefined {
  return typeof api === "object" && api !== null
    ? ((api as { readonly [DECLARED_API]?: DeclaredApi })[DECLARED_API] ?? undefined)
    : undefined;
}
