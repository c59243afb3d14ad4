import type { Scalar } from "../expression/expression.ts";

const MAX_UNIX_S = 4_102_444_800;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** How many units of a Unix time a second has: 1, or a thousand, a million or a billion. Before 2001 only seconds are. */
export function unitsPerSecond(time: number): number {
  return [1e9, 1e6, 1e3].find((units) => time >= units * 1e9) ?? 1;
}

/**
 * A moment in whole Unix seconds, from Unix seconds, milli-, micro- or nanoseconds (numbers or digits), or from ISO 8601
 * with or without zone, seconds and `T`. What is no moment between 1970 and 2100 counts as absent.
 *
 * @param timeZone - Of a time that has none: `Z` or `+08:00`.
 */
export function readTime(value: Scalar | undefined, timeZone: string): number | undefined {
  if (typeof value === "string" && !/^\d{1,19}$/.test(value)) {
    return isoTime(value, timeZone);
  }
  const number = typeof value === "boolean" ? Number.NaN : Number(value);
  const seconds = Math.floor(number / unitsPerSecond(number));
  return seconds > 0 && seconds <= MAX_UNIX_S ? seconds : undefined;
}

function isoTime(text: string, timeZone: string): number | undefined {
  const parts = text.length > 40 ? null : ISO.exec(text.trim());
  if (parts === null) {
    return undefined;
  }
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = timeZone] = parts;
  const offset = /^[A-Z]/i.test(zone) ? "Z" : zone.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
  const unixMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  const seconds = unixMs / 1000;
  return seconds > 0 && seconds <= MAX_UNIX_S ? seconds : undefined;
}
