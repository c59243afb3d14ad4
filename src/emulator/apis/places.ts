import { type Expression, type Scalar, scalarOf } from "../../apis/expression/expression.ts";

type Fields = Record<string, unknown>;

/**
 * Writes a value where an expression reads one, if that is a field that it names: `UpdateTime || CreateTime` reads one
 * of two.
 *
 * @param make - Makes the new value from the old one; undefined takes the field away.
 */
export function writeBack(
  object: Fields,
  expression: Expression | undefined,
  make: (old: Scalar) => unknown,
): void {
  const old = expression === undefined ? undefined : valueAt(expression, object);
  const place = placesOf(expression?.text ?? "").find(
    (path) => old !== undefined && fieldAt(object, path) === old,
  );
  if (place !== undefined && old !== undefined) {
    put(object, place, make(old));
  }
}

/** Writes a value at a path of names, making what objects it takes. */
export function put(object: Fields, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    object[name] = value;
    return;
  }
  const inner = Object.hasOwn(object, name) ? object[name] : undefined;
  const next = isFields(inner) ? inner : {};
  object[name] = next;
  put(next, rest, value);
}

/** The paths of fields that an expression names, without its literals and functions. */
export function placesOf(text: string): readonly (readonly string[])[] {
  const bare = text.replace(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, " ");
  const names = bare.match(/\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\b(?!\s*\()/g) ?? [];
  return names.map((name) => name.split("."));
}

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueAt(expression: Expression, object: Fields): Scalar | undefined {
  try {
    return scalarOf(expression.evaluate(object));
  } catch {
    return undefined;
  }
}

/** What stands at a path of names; undefined where nothing does. */
export function fieldAt(object: Fields, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const name of path) {
    value = isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}
