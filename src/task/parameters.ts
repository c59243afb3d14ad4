import { InvalidOptionError } from "./errors.ts";
import { printable, quoted } from "./printable.ts";

/** Says what a value must be when it isn't. */
export type Rule = (value: unknown) => string | undefined;

/** A string that is not empty. */
export const nonEmptyString: Rule = (value) =>
  typeof value === "string" && value !== "" && value.length <= 4096
    ? undefined
    : "a non-empty string of at most 4096 characters";

/** A whole number above nought. */
export const positiveInteger: Rule = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 1 ? undefined : "a whole number of at least 1";

/** An AbortSignal, of whatever realm. */
export const abortSignal: Rule = (value) =>
  typeof value === "object" && value !== null && typeof Reflect.get(value, "addEventListener") === "function"
    ? undefined
    : "an AbortSignal";

/**
 * Checks the names and values of a method's argument. What is `undefined` counts as left out.
 *
 * @param action - The method, for the error.
 * @throws {@link InvalidOptionError} naming the action, the option, the rule and the value.
 */
export function checkParameters<T extends object>(
  action: string,
  given: T,
  rules: { readonly [K in keyof T]-?: Rule },
): T {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InvalidOptionError(`${action} takes an object with options, got ${kindOf(given)}`);
  }
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(rules, name)) {
      throw new InvalidOptionError(
        `${action} knows no option "${printable(name, 60)}"; its options are ${Object.keys(rules).join(", ")}`,
      );
    }
    const broken = value === undefined ? undefined : rules[name as keyof T](value);
    if (broken !== undefined) {
      const shown = typeof value === "object" ? kindOf(value) : quoted(value);
      throw new InvalidOptionError(`${action}: ${name} must be ${broken}, got ${shown}`);
    }
    checked[name] = value;
  }
  return checked as T;
}

/** What a value is, for messages that must not show it. */
export function kindOf(value: unknown): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : value === ""
        ? "empty string"
        : typeof value;
}
