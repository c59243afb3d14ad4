import { checkOptionNames, invalidOption } from "../options/check-options.ts";
import {
  type ResolvedWaitOptions,
  resolveWaitOptions,
  WAIT_OPTION_NAMES,
  withLimits,
} from "../policy/state/wait-options.ts";
import { limitsOf, type TaskSource } from "../task/source.ts";

/** What every adapter is given: where the tasks are seen, and defaults for its waits. */
export interface DriverOptions {
  readonly source: TaskSource;
  readonly defaults: ResolvedWaitOptions;
}

const ONE_WAIT_ONLY: ReadonlySet<string> = new Set(["signal", "resume", "justStarted"]);
const SHARED = ["source", ...[...WAIT_OPTION_NAMES].filter((name) => !ONE_WAIT_ONLY.has(name))];

/**
 * Checks what every adapter is given.
 *
 * @param ownNames - The options that this adapter has besides, and checks itself.
 * @param action - Whom the options are for.
 * @throws {@link InvalidOptionError} naming the option, the rule and the value.
 */
export function resolveDriverOptions(
  options: object,
  ownNames: readonly string[],
  action: string,
): DriverOptions {
  checkOptionNames(options, new Set([...SHARED, ...ownNames]), action);
  const { source, ...rest } = options;
  const isSource = typeof (source as TaskSource | null | undefined)?.describe === "function";
  if (!isSource) {
    refuseOption(action, "source", "an object with a describe function", source);
  }
  const own: ReadonlySet<string> = new Set(ownNames);
  const waitOptions = Object.fromEntries(Object.entries(rest).filter(([name]) => !own.has(name)));
  const defaults = withLimits(
    resolveWaitOptions(waitOptions, undefined, action),
    limitsOf(source as TaskSource),
  );
  return { source: source as TaskSource, defaults };
}

/**
 * Checks a rate in calls a second.
 *
 * @throws {@link InvalidOptionError} naming the option, the rule and the value.
 */
export function checkPerSecond(action: string, perSecond: unknown): number {
  return typeof perSecond === "number" && perSecond > 0 && perSecond <= 10_000
    ? perSecond
    : refuseOption(action, "perSecond", "a number above 0 and at most 10000", perSecond);
}

/** Throws the error for an option of an adapter. */
export function refuseOption(action: string, option: string, rule: string, value: unknown): never {
  throw invalidOption(`${action}: ${option}`, `must be ${rule}`, value);
}
