import * as z from "zod/mini";
import { checkOption, pathText } from "../../options/check-options.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { Json } from "./plain-json.ts";
import { taskApiSchema } from "./schema.ts";
import type { TaskApi } from "./task-api.ts";

/** One issue of zod, as far as it is used here. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly errors?: readonly (readonly Issue[])[];
  readonly options?: readonly unknown[];
  /** Those that the schema does not have. */
  readonly keys?: readonly string[];
}

// A program that loads the whole of zod, or sets a language for it, changes the words of every issue that has none of its
// own: these stay.
const NOT_WRITTEN = "Invalid input";

/**
 * Checks the keys and the types of a declaration.
 *
 * @throws {@link InvalidOptionError} naming the path, and for a mistyped key the one that was meant.
 */
export function checkKeys(declaration: Json, name: string): TaskApi {
  const parsed = z.safeParse(taskApiSchema, declaration, { error: () => NOT_WRITTEN });
  if (parsed.success) {
    // Not what zod made of it, which is not frozen.
    return declaration as unknown as TaskApi;
  }
  // A mistyped key is a missing one, too: the hint is of more use.
  const told = parsed.error.issues.map((issue) => written(issue as Issue)).find((one) => one !== undefined);
  if (told !== undefined) {
    throw new InvalidOptionError(`${name}${pathText(told.path)} ${told.message}`);
  }
  checkOption(taskApiSchema, declaration, name, mayHoldKey);
  throw new InvalidOptionError(`${name} must be a declaration of a task API`);
}

/** What stands where a key is named, or a header is written, may be the key itself. */
function mayHoldKey([first, second]: readonly PropertyKey[]): boolean {
  return first === "request" && (second === "auth" || second === "headers");
}

/** An issue that the schema or this file has words for: of a union's branches the one that fits best. */
function written(
  issue: Issue,
): { readonly path: readonly PropertyKey[]; readonly message: string } | undefined {
  const { path, message, errors = [], options } = issue;
  if (message !== NOT_WRITTEN) {
    return { path, message };
  }
  if (options !== undefined) {
    return { path, message: `must be ${options.map(quoted).join(" or ")}` };
  }
  const [fewest] = [...errors].sort((a, b) => missing(a) - missing(b) || faults(a) - faults(b));
  const inner = fewest?.map(written).find((one) => one !== undefined);
  return inner === undefined ? undefined : { path: [...path, ...inner.path], message: inner.message };
}

/** A branch for another type altogether was not meant. */
function missing(issues: readonly Issue[]): number {
  return issues.some(({ code, path }) => code === "invalid_type" && path.length === 0) ? 1 : 0;
}

function faults(issues: readonly Issue[]): number {
  return issues.reduce((sum, { keys }) => sum + (keys?.length ?? 1), 0);
}
