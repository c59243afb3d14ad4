import { parseDurationMs, printable, type WaitOptions } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";
import type { WaitFlags } from "./wait-flags.ts";

const DURATION_FLAGS = {
  timeout: "timeoutMs",
  pollTimeout: "pollTimeoutMs",
  waitPrice: "waitPriceMs",
  minInterval: "minIntervalMs",
  maxInterval: "maxIntervalMs",
  outageBudget: "outageBudgetMs",
  notFoundGrace: "notFoundGraceMs",
} as const satisfies Partial<Record<keyof WaitFlags, keyof WaitOptions>>;

// What a timer can hold.
const MAX_CALL_MS = 2_147_483_647;

type DurationFlag = keyof typeof DURATION_FLAGS;

/** How long a wait lasts when nobody says. */
export const DEFAULT_TIMEOUT_MS: number = 24 * 3_600_000;

/** The flags that say how to wait, as the library's options. */
export function waitOptionsOf(flags: Partial<WaitFlags>): WaitOptions {
  const options: Record<string, number> = {};
  for (const flag of Object.keys(DURATION_FLAGS) as DurationFlag[]) {
    const text = flags[flag];
    if (text !== undefined) {
      options[DURATION_FLAGS[flag]] = parseDurationMs(text, flagName(flag));
    }
  }
  return options;
}

/** One call's time, for the client, which would otherwise end it earlier than `--poll-timeout` says. */
export function callTimeoutOf({ pollTimeout }: Partial<WaitFlags>): { readonly callTimeoutMs?: number } {
  const callTimeoutMs =
    pollTimeout === undefined ? 0 : Math.ceil(parseDurationMs(pollTimeout, flagName("pollTimeout")));
  // What is out of bounds is refused with the wait's own words.
  return callTimeoutMs > 0 && callTimeoutMs <= MAX_CALL_MS ? { callTimeoutMs } : {};
}

/** Reads `20/s`, `1200/min`, `20`: calls per second. */
export function parseRate(text: string): number {
  const [, amount = "", unit = "s"] = /^(\d+(?:\.\d+)?)(?:\/(s|min|m))?$/.exec(text) ?? [];
  const perSecond = unit === "s" ? Number(amount) : Number(amount) / 60;
  if (amount === "" || !(perSecond > 0) || perSecond > 10_000) {
    throw new UsageError(
      `--rate must be calls per second or minute such as 20/s or 1200/min, more than 0 and at most 10000/s, got "${printable(text, 80)}"`,
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
  return words.replace(/\bregionId\b/g, "--region").replace(/^endpoint\b/, "--endpoint");
}

function flagName(camelCase: string): string {
  return `--${camelCase.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
