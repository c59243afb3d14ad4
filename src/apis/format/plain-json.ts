import { InvalidOptionError } from "../../task/errors.ts";
import { printable, quoted } from "../../task/printable.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

// Far above any declaration with its examples, far below what takes noticeable time.
const MAX_VALUES = 20_000;
const MAX_CHARACTERS = 512 * 1024;
const MAX_DEPTH = 64;

/** What is left of the bounds while one value is copied. */
interface Left {
  values: number;
  characters: number;
}

/**
 * A deep, frozen copy of a value that must be plain JSON: own data properties only, no getters, no classes, no
 * cycles, and of bounded size. No code of the value's own runs, so what is checked is what is used.
 *
 * @param name - What errors call it.
 * @throws {@link InvalidOptionError} naming the path.
 */
export function plainJson(value: unknown, name: string): Json {
  try {
    return copy(value, name, 0, { values: MAX_VALUES, characters: MAX_CHARACTERS });
  } catch (error) {
    // A proxy may throw whatever it likes.
    throw error instanceof InvalidOptionError
      ? error
      : new InvalidOptionError(`${name} must be plain JSON, reading it threw ${quoted(error)}`);
  }
}

function copy(value: unknown, path: string, depth: number, left: Left): Json {
  checkCount(1, path, left);
  left.values -= 1;
  if (depth > MAX_DEPTH) {
    throw new InvalidOptionError(`${shortened(path)} is nested more than ${MAX_DEPTH} deep, or in itself`);
  }
  switch (typeof value) {
    case "string":
      spend(value.length, path, left);
      return value;
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value)) {
        return value;
      }
      break;
    case "object":
      if (value === null) {
        return value;
      }
      return Array.isArray(value) ? copyList(value, path, depth, left) : copyObject(value, path, depth, left);
  }
  throw new InvalidOptionError(`${path} must be plain JSON, got ${quoted(typeof value)}`);
}

function copyList(list: readonly unknown[], path: string, depth: number, left: Left): Json {
  checkCount(list.length, path, left);
  const copied: Json[] = [];
  for (let at = 0; at < list.length; at++) {
    const item = ownValue(list, String(at), `${path}[${at}]`);
    copied.push(copy(item, `${path}[${at}]`, depth + 1, left));
  }
  return Object.freeze(copied);
}

function copyObject(object: object, path: string, depth: number, left: Left): Json {
  const prototype: unknown = Object.getPrototypeOf(object);
  // Another realm's Object.prototype has no prototype either.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new InvalidOptionError(`${path} must be a plain object, got one of a class`);
  }
  const copied: Record<string, Json> = {};
  // What can't be enumerated is no part of JSON either.
  const keys = Object.keys(object);
  checkCount(keys.length, path, left);
  if (
    Object.getOwnPropertySymbols(object).some((key) =>
      Object.prototype.propertyIsEnumerable.call(object, key),
    )
  ) {
    throw new InvalidOptionError(`${path} must be plain JSON, got a symbol as a key`);
  }
  for (const key of keys) {
    if (key === "__proto__") {
      throw new InvalidOptionError(`${path} must not have a key named __proto__`);
    }
    spend(key.length, path, left);
    const where = `${path}.${printable(key, 80)}`;
    const value = ownValue(object, key, where);
    // As JSON.stringify does: absent and undefined are the same.
    if (value !== undefined) {
      copied[key] = copy(value, where, depth + 1, left);
    }
  }
  return Object.freeze(copied);
}

function ownValue(object: object, key: string, path: string): unknown {
  const property = Object.getOwnPropertyDescriptor(object, key);
  if (property === undefined || !("value" in property)) {
    throw new InvalidOptionError(`${path} must be a plain value, not a getter or a hole`);
  }
  return property.value;
}

function checkCount(count: number, path: string, left: Left): void {
  if (count > left.values) {
    throw new InvalidOptionError(`${path} is beyond the ${MAX_VALUES} values that a declaration may have`);
  }
}

function spend(characters: number, path: string, left: Left): void {
  left.characters -= characters;
  if (left.characters < 0) {
    throw new InvalidOptionError(
      `${path} is beyond the ${MAX_CHARACTERS / 1024} KiB that a declaration may have`,
    );
  }
}

function shortened(path: string): string {
  return path.length <= 120 ? path : `${path.slice(0, 119)}…`;
}
