import * as z from "zod/mini";
import { InvalidOptionError } from "../task/errors.ts";
import { printable, quoted } from "../task/printable.ts";
import type { SchemaIssue } from "../task/schema.ts";
import { nearestName } from "./nearest-name.ts";

// What a branch of a union says of a value that is meant for another branch.
const MISFITS: ReadonlySet<unknown> = new Set(["invalid_type", "invalid_value"]);
// In the last word, which is the option's name.
const SECRET = /(?:secret|token)\w*$/i;
// Deeper than any option; what a task carries may be deeper, and is left as it is.
const MAX_DEPTH = 20;
const MAX_PATH_LENGTH = 200;

/** An object with these names only. Of another one the error names the nearest, and all that there are. */
export function strictOptions<T extends z.core.$ZodShape>(shape: T): z.ZodMiniObject<T, z.core.$strict> {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: ({ keys }) => {
      const [name] = (keys ?? []) as readonly string[];
      return name === undefined ? undefined : unknownOption(name, names);
    },
  });
}

const TEXT = "must be a non-empty string";

/** A string that says something. */
export const nonEmptyString: z.ZodMiniType<string> = z.string(TEXT).check(z.minLength(1, TEXT));

/** An AbortSignal, of any realm. */
export const abortSignal: z.ZodMiniType<AbortSignal> = z.custom<AbortSignal>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "addEventListener") === "function",
  "must be an AbortSignal",
);

/** What to say of a name that is none of the known ones: the nearest of them, and all. */
export function unknownOption(name: string, known: Iterable<string>): string {
  const names = [...known].sort();
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? "known are" : `did you mean ${quoted(nearest)}? Known are`;
  return `unknown option ${quoted(name)}; ${hint} ${names.join(", ")}`;
}

/**
 * Reads a value through a schema. A name whose value is undefined counts as absent, at any depth.
 *
 * @param name - What the value is called in errors, such as `scenario`; or what takes the options, such as
 * `describeTasks:`.
 * @param isHidden - Whether the value at a path may be a secret, whatever the option's name.
 * @throws `InvalidOptionError` naming the path, the rule and the value.
 */
export function checkOption<T>(
  schema: z.ZodMiniType<T>,
  value: unknown,
  name: string,
  isHidden?: (path: readonly PropertyKey[]) => boolean,
): T {
  const parsed = z.safeParse(schema, withoutUndefined(value));
  if (parsed.success) {
    return parsed.data;
  }
  const issue = deepest(parsed.error.issues[0] as Issue);
  const { path } = issue;
  const isAction = name.endsWith(":");
  const inside = pathText(path);
  if (issue.code === "unrecognized_keys") {
    throw new InvalidOptionError(`${isAction ? name.slice(0, -1) : name}${inside}: ${issue.message}`);
  }
  const where = isAction ? `${name} ${inside === "" ? "options" : inside.slice(1)}` : `${name}${inside}`;
  throw invalidOption(where, rule(issue), valueAt(value, path), isHidden?.(path) || undefined);
}

/**
 * The error for a value that can't be used.
 *
 * @param where - The action and the option, such as `waitForTask: timeoutMs`.
 * @param rule - Such as `must be a function`.
 * @param isHidden - Whether the value may be a secret; by default told from the option's name.
 */
export function invalidOption(
  where: string,
  rule: string,
  value: unknown,
  isHidden: boolean = SECRET.test(where),
): InvalidOptionError {
  const got = isHidden ? `a value of type ${kindOf(value)}` : described(value);
  return new InvalidOptionError(`${where} ${rule}, got ${got}`);
}

/**
 * Refuses options under names that nothing reads, so that a typing error can't silently mean a default.
 *
 * @param action - What the options are for, such as `waitForTask`.
 * @throws `InvalidOptionError` naming the unknown option, the nearest known one and all known ones.
 */
export function checkOptionNames(
  options: unknown,
  known: ReadonlySet<string>,
  action: string,
): asserts options is Readonly<Record<string, unknown>> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidOption(`${action}: options`, "must be an object", options);
  }
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new InvalidOptionError(`${action}: ${unknownOption(unknown, known)}`);
  }
}

/** What a value is, for messages that must not show it. */
function kindOf(value: unknown): string {
  if (value === null) {
    return "null";
  }
  return Array.isArray(value) ? "array" : value === "" ? "empty string" : typeof value;
}

/** The value without the names in it that have no value. What has none stays the object that it is. */
function withoutUndefined(value: unknown, depth = 0, known: Map<object, unknown> = new Map()): unknown {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) {
    return value;
  }
  if (known.has(value)) {
    return known.get(value);
  }
  // Until it is done, so that a cycle ends.
  known.set(value, value);
  const isList = Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isList && prototype !== Object.prototype && prototype !== null) {
    return value;
  }
  const entries = Object.entries(value);
  const kept = entries
    .filter(([, item]) => isList || item !== undefined)
    .map(([name, item]) => [name, withoutUndefined(item, depth + 1, known)] as const);
  const isSame = kept.length === entries.length && kept.every(([, item], at) => item === entries[at]?.[1]);
  const cleaned = isSame ? value : isList ? kept.map(([, item]) => item) : Object.fromEntries(kept);
  known.set(value, cleaned);
  return cleaned;
}

/** A path as messages name it, such as `.tasks[2].taskId`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${printable(String(key), 80)}`))
    .join("");
}

/**
 * What a schema says of a value: where it is wrong, as {@link pathText} writes it, and why.
 *
 * @param name - What the value is called, such as `result`; without it, the path begins with its first key.
 */
export function issueText(issue: SchemaIssue | undefined, name = ""): string {
  const keys = (issue?.path ?? []).map((part) => (typeof part === "object" ? part.key : part));
  const where = `${name}${pathText(keys)}`.replace(/^\./, "");
  const what = printable(issue?.message ?? "no match");
  return where === "" ? what : `${printable(where, MAX_PATH_LENGTH)}: ${what}`;
}

interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  /** Of a union: why each branch does not fit. */
  readonly errors?: readonly (readonly [Issue, ...Issue[]])[];
  readonly expected?: unknown;
  readonly values?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly pattern?: unknown;
  readonly format?: unknown;
}

// Of a union's branches the one that got furthest is the one that was meant: to a field, or past the value's own type.
function deepest(top: Issue): Issue {
  let best: Issue | undefined;
  let furthest = 0;
  for (const [first] of top.errors ?? []) {
    const inner = deepest(first);
    const reach = inner.path.length + (MISFITS.has(inner.code) ? 0 : 0.5);
    if (reach > furthest) {
      [best, furthest] = [inner, reach];
    }
  }
  return best === undefined ? top : { ...best, path: [...top.path, ...best.path] };
}

function rule(issue: Issue): string {
  if (issue.message.startsWith("must ")) {
    return issue.message;
  }
  switch (issue.code) {
    case "invalid_type":
      return `must be of type ${String(issue.expected)}`;
    case "invalid_value":
      return `must be ${(issue.values as unknown[]).map(quoted).join(" or ")}`;
    case "too_small":
      return `must be at least ${String(issue.minimum)}`;
    case "too_big":
      return `must be at most ${String(issue.maximum)}`;
    case "invalid_format":
      return `must match ${String(issue.pattern ?? issue.format)}`;
    default:
      return "must be one of the documented forms";
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

function described(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return quoted(value);
  }
  // An object may hold a secret, and its keys say enough.
  return Array.isArray(value)
    ? `a list of ${value.length}`
    : `an object with ${Object.keys(value).slice(0, 20).map(quoted).join(", ") || "no keys"}`;
}
