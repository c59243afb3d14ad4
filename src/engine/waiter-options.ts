import { checkOptionNames, invalidOption } from "../options/check-options.ts";
import { restoreHistory, type TaskHistory } from "../policy/forecast/history.ts";
import {
  DEFAULT_WAIT_OPTIONS,
  type ResolvedWaitOptions,
  resolveWaitOptions,
  WAIT_OPTION_NAMES,
  type WaitOptions,
} from "../policy/state/wait-options.ts";
import { limitsOf, type SourceLimits, type TaskSource } from "../task/source.ts";
import type { BatchOption } from "./listing/listing-plan.ts";
import type { RateOption } from "./rate/rate-limiter.ts";

/** What a waiter is made of, and what holds for its waits unless they say otherwise. */
export interface TaskWaiterOptions extends Omit<WaitOptions, "signal" | "resume" | "justStarted"> {
  /** Where the tasks are seen; such as a `BdrcClient`. */
  readonly source: TaskSource;
  /**
   * How fast calls go out, all waits together: `"adaptive"` (default) finds out what the service accepts, beginning at
   * what the source documents if it does, and `{ perSecond }` is for those who know their quota.
   */
  readonly rate?: RateOption | undefined;
  /**
   * Whether listings of many tasks take the place of polls of single ones: `"auto"` (default) where they pay
   * more a call, `"always"` wherever the source has listings, `"never"`. Without a `list` of the source they never
   * do.
   */
  readonly batch?: BatchOption | undefined;
  /**
   * What another waiter has learned ({@link TaskWaiter.history}), to start out with; such as from the process
   * before. Default: nothing.
   */
  readonly history?: TaskHistory | undefined;
  /** Uniform in [0, 1); for repeatable tests. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** {@link TaskWaiterOptions}, checked and complete. */
export interface ResolvedWaiterOptions {
  readonly source: TaskSource;
  /** What the source documents. */
  readonly limits: SourceLimits;
  readonly rate: RateOption;
  readonly batch: BatchOption;
  readonly history: TaskHistory;
  readonly random: () => number;
  readonly defaults: ResolvedWaitOptions;
}

const ONE_WAIT_ONLY: ReadonlySet<string> = new Set(["signal", "resume", "justStarted"]);
const OWN_NAMES = ["source", "rate", "batch", "history", "random"];
const BATCH_OPTIONS: readonly unknown[] = ["auto", "never", "always"] satisfies BatchOption[];
const NAMES: ReadonlySet<string> = new Set([
  ...OWN_NAMES,
  ...[...WAIT_OPTION_NAMES].filter((name) => !ONE_WAIT_ONLY.has(name)),
]);
const FASTEST_PER_SECOND = 10_000;

/**
 * Checks the options of a waiter.
 *
 * @throws {@link InvalidOptionError} naming the option, the rule and the value.
 */
export function resolveWaiterOptions(options: TaskWaiterOptions): ResolvedWaiterOptions {
  checkOptionNames(options, NAMES, "TaskWaiter");
  const given = options as TaskWaiterOptions;
  const {
    source,
    rate = "adaptive",
    batch = "auto",
    history = [],
    random = Math.random,
    ...waitOptions
  } = given;
  if (typeof source?.describe !== "function") {
    throw invalidOption("TaskWaiter: source", "must be an object with a describe function", source);
  }
  if (typeof random !== "function") {
    throw invalidOption("TaskWaiter: random", "must be a function", random);
  }
  checkRate(rate);
  if (!BATCH_OPTIONS.includes(batch)) {
    throw invalidOption("TaskWaiter: batch", `must be one of ${BATCH_OPTIONS.join(", ")}`, batch);
  }
  return {
    source,
    limits: limitsOf(source),
    rate,
    batch,
    history: restoreHistory(history, "TaskWaiter"),
    random: () => unitOf(random),
    defaults: resolveWaitOptions(waitOptions, DEFAULT_WAIT_OPTIONS, "TaskWaiter"),
  };
}

/** What the caller's chance gives, or our own when that throws or gives no number of [0, 1). */
function unitOf(random: () => number): number {
  try {
    const value: unknown = random();
    return typeof value === "number" && value >= 0 && value < 1 ? value : Math.random();
  } catch {
    return Math.random();
  }
}

function checkRate(rate: unknown): void {
  if (rate === "adaptive") {
    return;
  }
  const perSecond = (rate as { readonly perSecond?: unknown } | null)?.perSecond;
  if (typeof perSecond !== "number" || !(perSecond > 0 && perSecond <= FASTEST_PER_SECOND)) {
    throw invalidOption(
      "TaskWaiter: rate",
      `must be "adaptive" or { perSecond } with a number above 0 and at most ${FASTEST_PER_SECOND}`,
      rate,
    );
  }
}
