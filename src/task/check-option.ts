import * as z from "zod/mini";
import { InvalidOptionError } from "./errors.ts";
import { printable, quoted } from "./printable.ts";

// What a branch of a union says of a value that is meant for another branch.
const MISFITS: ReadonlySet<unknown> = new Set(["invalid_type", "invalid_value"]);
const SECRET = /secret|token/i;

/**
 * Reads a value through a schema.
 *
 * @param name - What the value is called in errors, such as `addTask()` or `scenario`.
 * @throws `InvalidOptionError` naming the path, the rule and the value.
 */
export function checkOption<T>(schema: z.ZodMiniType<T>, value: unknown, name: string): T {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) {
    return parsed.data;
  }
  const issue = deepest(parsed.error.issues[0]);
  const path = issue?.path ?? [];
  const where = path.reduce<string>(
    (prefix, key) =>
      typeof key === "number" ? `${prefix}[${key}]` : `${prefix}.${printable(String(key), 80)}`,
    name,
  );
  const got = SECRET.test(String(path.at(-1))) ? "something else" : described(valueAt(value, path));
  throw new InvalidOptionError(`${where} ${rule(issue)}, got ${got}`);
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly [key: string]: unknown;
}

// Of a union's branches the one that got furthest is the one that was meant: to a field, or past the value's own type.
function deepest(issue: unknown): Issue | undefined {
  const top = issue as Issue | undefined;
  let best: Issue | undefined;
  for (const branch of top?.errors ?? []) {
    const inner = deepest(branch[0]);
    if (inner !== undefined && reach(inner) > reach(best)) {
      best = inner;
    }
  }
  return top !== undefined && best !== undefined ? { ...best, path: [...top.path, ...best.path] } : top;
}

function reach(issue: Issue | undefined): number {
  return issue === undefined ? 0 : issue.path.length + (MISFITS.has(issue.code) ? 0 : 0.5);
}

function rule(issue: Issue | undefined): string {
  switch (issue?.code) {
    case "invalid_type":
      return `must be of type ${String(issue["expected"])}`;
    case "invalid_value":
      return `must be ${(issue["values"] as unknown[]).map(quoted).join(" or ")}`;
    case "too_small":
      return `must be at least ${String(issue["minimum"])}`;
    case "too_big":
      return `must be at most ${String(issue["maximum"])}`;
    case "unrecognized_keys":
      return `must not have ${(issue["keys"] as unknown[]).map(quoted).join(", ")}`;
    case "invalid_format":
      return `must match ${String(issue["pattern"] ?? issue["format"])}`;
    default:
      return "must be one of the documented forms";
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
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
