import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import { DAY_MS } from "./named-durations.ts";

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/**
 * Reads a duration such as `"90s"`, `"10m"`, `"1h30m"` or `"250ms"`.
 *
 * @param text - Numbers with the units `ms`, `s`, `m`, `h`, `d`, without blanks; `"0"` is none.
 * @param option - The option's name, for the error.
 * @returns Milliseconds.
 * @throws {@link InvalidOptionError} for anything else.
 */
export function parseDurationMs(text: string, option: string): number {
  if (text === "0") {
    return 0;
  }
  if (!DURATION.test(text)) {
    throw new InvalidOptionError(
      `${option} must be a duration such as "90s", "10m" or "1h30m", got ${quoted(text)}`,
    );
  }
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(PART)) {
    totalMs += Number(amount) * (UNITS_MS[unit ?? ""] ?? Number.NaN);
  }
  return totalMs;
}

/** A duration for people: `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`. */
export function formatDurationMs(durationMs: number): string {
  if (durationMs < 1000) {
    return `${Math.round(durationMs)} ms`;
  }
  if (durationMs < 59_950) {
    return `${(durationMs / 1000).toFixed(1)} s`;
  }
  const seconds = Math.round(durationMs / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  }
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
