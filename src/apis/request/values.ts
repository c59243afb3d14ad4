import { invalidOption } from "../../options/check-options.ts";
import { nearestName } from "../../options/nearest-name.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { printable, quoted } from "../../task/printable.ts";

/** What a request is made for. */
export interface RequestValues {
  /** The tasks: one, several if the API takes them, none for a listing. */
  readonly taskIds: readonly string[];
  readonly region: string | undefined;
  readonly set: Readonly<Record<string, string>>;
  /** The service's word that a listing filters by. */
  readonly status?: string | undefined;
  /** The page of a listing: a token, or a number. */
  readonly page?: string | undefined;
  readonly nowMs: number;
}

/** Names that a placeholder may have and `set` may not give. */
const OWN_NAMES: ReadonlySet<string> = new Set(["id", "ids", "region", "status", "now"]);

const MAX_ID = 2048;
const MAX_VALUE = 2048;

/** The placeholders that `set` must give. */
export function namesToSet(names: Iterable<string>): ReadonlySet<string> {
  return new Set([...names].filter((name) => !OWN_NAMES.has(name)));
}

/**
 * Checks `set` against the placeholders of a declaration.
 *
 * @throws {@link InvalidOptionError} naming the first value that is missing, unknown or can't be one.
 */
export function checkSet(
  set: unknown,
  needed: ReadonlySet<string>,
  api: string,
): Readonly<Record<string, string>> {
  if (typeof set !== "object" || set === null || Array.isArray(set)) {
    throw invalidOption(`${api}: set`, "must be an object of names and values", set);
  }
  for (const [name, value] of Object.entries(set)) {
    if (!needed.has(name)) {
      const nearest = nearestName(name, needed);
      const known = needed.size === 0 ? "it takes none" : `it takes ${[...needed].join(", ")}`;
      throw new InvalidOptionError(
        `${api}: set has ${quoted(name)}, which the declaration does not use; ${
          nearest === undefined ? known : `did you mean ${quoted(nearest)}?`
        }`,
      );
    }
    if (typeof value !== "string" || value === "" || value.length > MAX_VALUE || hasControls(value)) {
      throw invalidOption(
        `${api}: set.${printable(name, 60)}`,
        `must be a text of 1 to ${MAX_VALUE} printable characters`,
        value,
      );
    }
  }
  for (const name of needed) {
    if (!Object.hasOwn(set, name)) {
      throw new InvalidOptionError(
        `${api}: set.${name} is missing (--set ${name}=…): the request needs {${name}}`,
      );
    }
  }
  return Object.freeze({ ...(set as Record<string, string>) });
}

/**
 * Checks an id of a declared API: any text of printable characters without blanks at its ends, because ids of other
 * services are URLs, ARNs and paths.
 *
 * @throws {@link InvalidOptionError} for anything else.
 */
export function checkApiTaskId(taskId: unknown): asserts taskId is string {
  if (typeof taskId !== "string") {
    throw invalidOption("taskId", "must be a string", taskId);
  }
  if (taskId.trim() === "") {
    throw invalidOption("taskId", "must not be empty", taskId);
  }
  if (taskId.length > MAX_ID) {
    throw new InvalidOptionError(
      `taskId must have at most ${MAX_ID} characters, got ${taskId.length}: ${quoted(taskId)}`,
    );
  }
  if (taskId.trim() !== taskId || hasControls(taskId)) {
    throw invalidOption("taskId", "must be printable characters without blanks at its ends", taskId);
  }
}

function hasControls(text: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}
