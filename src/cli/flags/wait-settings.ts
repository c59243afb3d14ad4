import {
  DAY_MS,
  parseDurationMs,
  type ResolvedWaitOptions,
  resolveWaitOptions,
  type TaskWaiterOptions,
} from "../../index.ts";
import { badValue } from "../errors/usage-error.ts";
import type { ResultQuery } from "../terminal/result-writer.ts";
import type { WaitFlags } from "./wait-flags.ts";

const DURATION_FLAGS = {
  timeout: "timeoutMs",
  pollTimeout: "pollTimeoutMs",
  waitPrice: "waitPriceMs",
  minInterval: "minIntervalMs",
  maxInterval: "maxIntervalMs",
  outageBudget: "outageBudgetMs",
  notFoundGrace: "notFoundGraceMs",
} as const satisfies Partial<Record<keyof WaitFlags, keyof ResolvedWaitOptions>>;

const DEFAULT_LOG_INTERVAL_MS = 30_000;
const MIN_LOG_INTERVAL_MS = 100;

type DurationFlag = keyof typeof DURATION_FLAGS;

/** What the flags of a wait say, checked before anything is done. */
export interface WaitSettings {
  /** Only what was said. */
  readonly given: Partial<ResolvedWaitOptions>;
  /** All of it. */
  readonly resolved: ResolvedWaitOptions;
  readonly rate: Pick<TaskWaiterOptions, "rate">;
  /** One call's time, for the client, which would otherwise end it earlier than `--poll-timeout` says. */
  readonly callTimeout: { readonly callTimeoutMs?: number };
  readonly logIntervalMs: number;
  readonly query?: ResultQuery;
}

/**
 * Reads the flags of a wait.
 *
 * @throws InvalidOptionError or {@link UsageError} naming the flag, the rule and the value.
 */
export function waitSettingsOf(flags: Partial<WaitFlags>): WaitSettings {
  const given = waitOptionsOf(flags);
  const resolved = resolveWaitOptions(given);
  const { pollTimeoutMs } = given;
  return {
    given,
    resolved,
    rate: flags.rate === undefined ? {} : { rate: { perSecond: parseRate(flags.rate) } },
    callTimeout: pollTimeoutMs === undefined ? {} : { callTimeoutMs: Math.ceil(pollTimeoutMs) },
    logIntervalMs: parseLogInterval(flags.logInterval),
  };
}

/** The flags that say how to wait, as the library's options. */
export function waitOptionsOf(flags: Partial<WaitFlags>): Partial<ResolvedWaitOptions> {
  const options: Partial<Record<(typeof DURATION_FLAGS)[DurationFlag], number>> = {};
  for (const flag of Object.keys(DURATION_FLAGS) as DurationFlag[]) {
    const text = flags[flag];
    if (text !== undefined) {
      options[DURATION_FLAGS[flag]] = parseDurationMs(text, flagName(flag));
    }
  }
  if (flags.interval !== undefined) {
    const intervalMs = parseDurationMs(flags.interval, "--interval");
    if (intervalMs === 0) {
      throw badValue("--interval", "must be more than 0", flags.interval);
    }
    options.minIntervalMs = intervalMs;
    options.maxIntervalMs = intervalMs;
  }
  return options;
}

/** Reads `20/s`, `1200/min`, `20`: calls per second. */
export function parseRate(text: string): number {
  const [, amount = "", unit = "s"] = /^(\d+(?:\.\d+)?)(?:\/(s|min|m))?$/.exec(text) ?? [];
  const perSecond = unit === "s" ? Number(amount) : Number(amount) / 60;
  if (amount === "" || !(perSecond > 0) || perSecond > 10_000) {
    throw badValue(
      "--rate",
      "must be calls per second or minute such as 20/s or 1200/min, more than 0 and at most 10000/s",
      text,
    );
  }
  return perSecond;
}

/** A message of the library in the words of the command: `waitPriceMs` becomes `--wait-price`. */
export function inFlagWords(message: string): string {
  let words = message;
  for (const [flag, option] of Object.entries(DURATION_FLAGS)) {
    words = words.replace(new RegExp(`\\b${option}\\b`, "g"), flagName(flag));
  }
  words = words
    .replace(/\bnotify: url\b/, "--notify")
    .replace(/\bnotify: on\b/, "--notify-on")
    .replace(/\bnotify: tryFor(?:Ms)?\b/, "--notify-timeout");
  return words
    .replace(/\bregionId\b/g, "--region")
    .replace(/^endpoint\b/, "--endpoint")
    .replace(/\band vpc must\b/, "and --vpc must")
    .replace(/\binsecure is true\b/, "--insecure is given");
}

function parseLogInterval(text: string | undefined): number {
  const intervalMs = text === undefined ? DEFAULT_LOG_INTERVAL_MS : parseDurationMs(text, "--log-interval");
  if (intervalMs < MIN_LOG_INTERVAL_MS || intervalMs > DAY_MS) {
    throw badValue("--log-interval", "must be a duration from 100ms to 24h", text ?? "");
  }
  return intervalMs;
}

function flagName(camelCase: string): string {
  return `--${camelCase.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
