import { createHash } from "node:crypto";
import { invalidOption } from "../options/check-options.ts";
import { declaredApiOf } from "../task/declared-api.ts";
import { checkKeys } from "./format/check-keys.ts";
import { type Json, plainJson } from "./format/plain-json.ts";
import type { TaskApi } from "./format/task-api.ts";
import { compileReading, type Reading } from "./reader/reading.ts";
import { compileRequest, type RequestPlan } from "./request/request-plan.ts";

/** A declaration with all that was made of it. */
export interface CompiledApi {
  readonly api: TaskApi;
  readonly reading: Reading;
  readonly request: RequestPlan;
  /** Of what decides how a task is asked for and read; a checkpoint names it. */
  readonly digest: string;
}

const compiled = new WeakMap<object, CompiledApi>();

/**
 * Checks a declaration of a task API whole (its keys, expressions, words and placeholders), and compiles it. What was
 * compiled already is not checked again.
 *
 * @throws {@link InvalidOptionError} naming the path of what is wrong.
 */
export function compileApi(declaration: unknown): CompiledApi {
  if (typeof declaration !== "object" || declaration === null || Array.isArray(declaration)) {
    throw invalidOption("api", "must be a declaration (an object with name, request and task)", declaration);
  }
  const known = compiled.get(declaration);
  if (known !== undefined) {
    return known;
  }
  const plain = checkKeys(plainJson(declaration, "api"), "api");
  // A copy whose top is still open: what comes with the package may be given properties that JSON has not.
  const api = { ...plain };
  const made = { api, reading: compileReading(api), request: compileRequest(api), digest: digestOf(api) };
  compiled.set(api, made);
  if (declaredApiOf(declaration) !== undefined) {
    compiled.set(declaration, made);
  }
  return made;
}

// What says how fast to ask, or explains, may change without changing what a task is.
const NOT_IN_DIGEST: ReadonlySet<string> = new Set(["about", "examples", "limits", "list", "$schema"]);

function digestOf(api: TaskApi): string {
  const kept = Object.fromEntries(Object.entries(api).filter(([key]) => !NOT_IN_DIGEST.has(key)));
  return createHash("sha256")
    .update(JSON.stringify(sorted(kept as Json)))
    .digest("hex")
    .slice(0, 32);
}

/** The same with its keys in order, so that two spellings of one declaration are one. */
function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  const entries = Object.entries(value as { readonly [key: string]: Json });
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]),
  );
}
