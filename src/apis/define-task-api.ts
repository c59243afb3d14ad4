import { createHash } from "node:crypto";
import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
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
 * Checks a declaration of a task API whole: its keys, expressions, words and placeholders.
 *
 * @param declaration - Plain JSON of the form {@link TaskApi}.
 * @returns A frozen copy, for `api` of `waitForTask` and for {@link taskApiSource}.
 * @throws {@link InvalidOptionError} naming the path of what is wrong.
 *
 * @example
 * ```ts
 * const video = defineTaskApi({
 *   name: "video",
 *   request: { style: "http", url: "https://api.example.com/jobs/{id}", auth: { bearer: "VIDEO_KEY" } },
 *   task: { status: "state", states: { complete: ["done"], failed: ["error"], running: ["busy"] } },
 * });
 * const task = await waitForTask("job-1", { api: video });
 * ```
 */
export function defineTaskApi(declaration: TaskApi | object): TaskApi {
  return compileApi(declaration).api;
}

/** {@link defineTaskApi} with all that it made. What was defined already is not checked again. */
export function compileApi(declaration: unknown): CompiledApi {
  const known =
    typeof declaration === "object" && declaration !== null ? compiled.get(declaration) : undefined;
  if (known !== undefined) {
    return known;
  }
  if (typeof declaration !== "object" || declaration === null || Array.isArray(declaration)) {
    throw new InvalidOptionError(
      `api must be a declaration (an object with name, request and task), got ${quoted(declaration)}`,
    );
  }
  const plain = plainJson(declaration, "api");
  const api = checkKeys(plain, "api");
  const made: CompiledApi = {
    api,
    reading: compileReading(api),
    request: compileRequest(api),
    digest: digestOf(api),
  };
  compiled.set(api, made);
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
