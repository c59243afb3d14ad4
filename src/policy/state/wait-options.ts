import { checkOptionNames, invalidOption } from "../../options/check-options.ts";
import { parseDurationMs } from "../../options/duration.ts";
import {
  DEFAULT_CALL_TIMEOUT_MS,
  DEFAULT_TIMEOUT_MS,
  MAX_DURATION_MS,
} from "../../options/named-durations.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import type { StandardSchema } from "../../task/schema.ts";
import type { SourceLimits } from "../../task/source.ts";
import type { WaitCheckpoint } from "./wait-state.ts";

/**
 * How to wait. Every duration has two spellings: a number of milliseconds (`timeoutMs: 600_000`) or a string
 * (`timeout: "10m"`); giving both is an error.
 */
export interface WaitOptions {
  /** Ends the wait, which rejects with the signal's reason. The task itself goes on. */
  readonly signal?: AbortSignal | undefined;
  /** The whole wait. Default 24 h; 0 polls once. */
  readonly timeoutMs?: number | undefined;
  readonly timeout?: string | undefined;
  /** One call. Default 10 s. */
  readonly pollTimeoutMs?: number | undefined;
  readonly pollTimeout?: string | undefined;
  /** The price of one call, in unnoticed waiting. A lower price means more calls. Default 500 ms. */
  readonly waitPriceMs?: number | undefined;
  readonly waitPrice?: string | undefined;
  /** The shortest time between two polls. Default 200 ms. */
  readonly minIntervalMs?: number | undefined;
  readonly minInterval?: string | undefined;
  /** The longest time between two polls. Default 5 min. */
  readonly maxIntervalMs?: number | undefined;
  readonly maxInterval?: string | undefined;
  /** How long the wait goes on without one usable answer. Default 5 min. */
  readonly outageBudgetMs?: number | undefined;
  readonly outageBudget?: string | undefined;
  /** How long the wait goes on while the service says that it knows no such task. Default 30 s. */
  readonly notFoundGraceMs?: number | undefined;
  readonly notFoundGrace?: string | undefined;
  /**
   * The caller has just started the task, so it can't have run before the wait begins: the first poll waits until
   * the expected unnoticed wait reaches the wait price. `{ taskType }` names the type that the service will report
   * (such as `UPDATE_RESOURCES`), so that the history of that type counts from the start.
   */
  readonly justStarted?: boolean | JustStarted | undefined;
  /** Goes on with an earlier wait on the same task: its counts, its state and its deadline. */
  readonly resume?: WaitCheckpoint | undefined;
}

/** {@link WaitOptions}, and how to read the result of the completed task. */
export interface TaskWaitOptions<Result = unknown> extends WaitOptions {
  /**
   * A schema of any library that follows Standard Schema: zod, valibot, arktype and others. `task.result` is then what it
   * gives, and typed so. A result that does not match ends the wait with a {@link ProtocolError} that names the path.
   * Events on the way, `latest` and checkpoints keep the result as the service sent it.
   */
  readonly result?: StandardSchema<Result> | undefined;
}

/** A task that the caller has just started. */
export interface JustStarted {
  /** The type that the service will report, if the caller knows it. */
  readonly taskType?: string;
}

/** The durations of {@link WaitOptions}, all present, checked, in milliseconds. */
export interface ResolvedWaitOptions {
  readonly timeoutMs: number;
  readonly pollTimeoutMs: number;
  readonly waitPriceMs: number;
  readonly minIntervalMs: number;
  readonly maxIntervalMs: number;
  readonly outageBudgetMs: number;
  readonly notFoundGraceMs: number;
}

/** The defaults. */
export const DEFAULT_WAIT_OPTIONS: ResolvedWaitOptions = Object.freeze({
  timeoutMs: DEFAULT_TIMEOUT_MS,
  pollTimeoutMs: DEFAULT_CALL_TIMEOUT_MS,
  waitPriceMs: 500,
  minIntervalMs: 200,
  maxIntervalMs: 5 * 60_000,
  outageBudgetMs: 5 * 60_000,
  notFoundGraceMs: 30_000,
});

type DurationOption = keyof ResolvedWaitOptions;

const DURATION_OPTIONS = Object.keys(DEFAULT_WAIT_OPTIONS) as DurationOption[];
const POSITIVE: ReadonlySet<DurationOption> = new Set<DurationOption>([
  "pollTimeoutMs",
  "waitPriceMs",
  "maxIntervalMs",
]);

/** The names of all options that {@link resolveWaitOptions} understands. */
export const WAIT_OPTION_NAMES: ReadonlySet<string> = new Set([
  "signal",
  "resume",
  "justStarted",
  ...DURATION_OPTIONS,
  ...DURATION_OPTIONS.map(textName),
]);

/** The names of all options that {@link resolveTaskWaitOptions} understands. */
export const TASK_WAIT_OPTION_NAMES: ReadonlySet<string> = new Set([...WAIT_OPTION_NAMES, "result"]);

/**
 * Checks the options and fills in the defaults.
 *
 * @param options - As the caller gave them.
 * @param defaults - For what is not given; {@link DEFAULT_WAIT_OPTIONS} unless a waiter has its own.
 * @param action - What takes the options; errors begin with it.
 * @throws {@link InvalidOptionError} naming the option, the rule and the value.
 */
export function resolveWaitOptions(
  options: WaitOptions = {},
  defaults: ResolvedWaitOptions = DEFAULT_WAIT_OPTIONS,
  action = "wait",
): ResolvedWaitOptions {
  checkOptionNames(options, WAIT_OPTION_NAMES, action);
  const resolved: Record<DurationOption, number> = { ...defaults };
  for (const name of DURATION_OPTIONS) {
    resolved[name] = readDuration(options, name, action) ?? resolved[name];
  }
  if (resolved.minIntervalMs > resolved.maxIntervalMs) {
    throw new InvalidOptionError(
      `${action}: minIntervalMs (${resolved.minIntervalMs}) must not exceed maxIntervalMs (${resolved.maxIntervalMs})`,
    );
  }
  checkSignal(options["signal"], action);
  checkJustStarted(options["justStarted"], action);
  return Object.freeze(resolved);
}

/**
 * The same for {@link TaskWaitOptions}.
 *
 * @throws {@link InvalidOptionError} naming the option, the rule and the value.
 */
export function resolveTaskWaitOptions(
  options: TaskWaitOptions,
  defaults: ResolvedWaitOptions,
  action: string,
): ResolvedWaitOptions {
  checkOptionNames(options, TASK_WAIT_OPTION_NAMES, action);
  const { result, ...waitOptions } = options as TaskWaitOptions;
  checkResultSchema(result, action);
  return resolveWaitOptions(waitOptions, defaults, action);
}

/** The options as a service binds them that documents the shortest time between two polls of a task. */
export function withLimits(
  options: ResolvedWaitOptions,
  { minIntervalMs = 0 }: SourceLimits,
): ResolvedWaitOptions {
  return minIntervalMs <= options.minIntervalMs
    ? options
    : Object.freeze({
        ...options,
        minIntervalMs,
        maxIntervalMs: Math.max(minIntervalMs, options.maxIntervalMs),
      });
}

function textName(name: DurationOption): string {
  return name.slice(0, -2);
}

function readDuration(
  options: Readonly<Record<string, unknown>>,
  name: DurationOption,
  action: string,
): number | undefined {
  const number = options[name];
  const text = options[textName(name)];
  if (number !== undefined && text !== undefined) {
    throw new InvalidOptionError(`${action}: give ${name} or ${textName(name)}, not both`);
  }
  if (text !== undefined && typeof text !== "string") {
    throw invalidOption(
      `${action}: ${textName(name)}`,
      `must be a string such as "90s" (use ${name} for numbers)`,
      text,
    );
  }
  if (number === undefined && text === undefined) {
    return undefined;
  }
  const durationMs = text === undefined ? number : parseDurationMs(text, `${action}: ${textName(name)}`);
  const atLeast = POSITIVE.has(name) ? "more than 0" : "at least 0";
  if (
    typeof durationMs !== "number" ||
    !(durationMs >= 0 && durationMs <= MAX_DURATION_MS) ||
    (durationMs === 0 && POSITIVE.has(name))
  ) {
    throw invalidOption(
      `${action}: ${name}`,
      `must be a number of milliseconds, ${atLeast} and at most ${MAX_DURATION_MS} (10 years)`,
      text ?? number,
    );
  }
  return durationMs;
}

function checkJustStarted(justStarted: unknown, action: string): void {
  const isFlag = justStarted === undefined || typeof justStarted === "boolean";
  const taskType = isFlag ? undefined : (justStarted as JustStarted | null)?.taskType;
  const isObject = typeof justStarted === "object" && justStarted !== null;
  if (!isFlag && !(isObject && (taskType === undefined || typeof taskType === "string"))) {
    throw invalidOption(
      `${action}: justStarted`,
      "must be true, false or { taskType } with a string",
      justStarted,
    );
  }
}

/** Refuses a `result` that is no schema. */
export function checkResultSchema(schema: unknown, action: string): void {
  // A schema may be a function, too.
  const standard = (schema as Partial<StandardSchema<unknown>> | null | undefined)?.["~standard"];
  if (schema !== undefined && (standard?.version !== 1 || typeof standard.validate !== "function")) {
    throw invalidOption(
      `${action}: result`,
      "must be a Standard Schema, such as one of zod, valibot or arktype",
      schema,
    );
  }
}

function checkSignal(signal: unknown, action: string): void {
  const isSignal =
    typeof signal === "object" &&
    signal !== null &&
    typeof (signal as AbortSignal).aborted === "boolean" &&
    typeof (signal as AbortSignal).addEventListener === "function";
  if (signal !== undefined && !isSignal) {
    throw invalidOption(`${action}: signal`, "must be an AbortSignal", signal);
  }
}
