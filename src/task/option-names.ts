import { InvalidOptionError } from "./errors.ts";
import { quoted } from "./printable.ts";

/**
 * Refuses options under names that nobody reads, so that a typing error can't silently mean a default.
 *
 * @param action - Whom the options are for, such as `waitForTask`.
 * @throws {@link InvalidOptionError} naming the first unknown option and all known ones.
 */
export function checkOptionNames(
  options: unknown,
  known: ReadonlySet<string>,
  action: string,
): asserts options is Readonly<Record<string, unknown>> {
  if (typeof options !== "object" || options === null) {
    throw new InvalidOptionError(`${action}: options must be an object, got ${quoted(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.has(name)) {
      throw new InvalidOptionError(
        `${action}: unknown option ${quoted(name)}; known are ${[...known].sort().join(", ")}`,
      );
    }
  }
}
