import { unitsPerSecond } from "../../apis/reader/read-time.ts";
import { MINUTE_MS } from "../../options/named-durations.ts";

const ISO = /^\d{4}-\d{2}-\d{2}(?:([T ])\d{2}:\d{2}(:\d{2})?([.,]\d+)?)?(\s?)(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/**
 * A moment as the service would write it: like the sample, which is a number or a text.
 *
 * @param timeZone - Of a text without a zone: `Z` or `+08:00`.
 */
export function writtenTime(sample: unknown, unixMs: number, timeZone: string): unknown {
  if (typeof sample === "number") {
    return Math.floor((unixMs / 1000) * unitsPerSecond(sample));
  }
  if (typeof sample !== "string") {
    return sample;
  }
  if (/^\d+$/.test(sample)) {
    return String(writtenTime(Number(sample), unixMs, timeZone));
  }
  const parts = ISO.exec(sample);
  if (parts === null) {
    return sample;
  }
  const [, separator, seconds, fraction, blank = "", zone = ""] = parts;
  const local = new Date(unixMs + offsetMs(zone === "" ? timeZone : zone)).toISOString();
  const clock =
    separator === undefined
      ? ""
      : `${separator}${local.slice(11, 16)}${seconds === undefined ? "" : local.slice(16, 19)}`;
  const decimals =
    fraction === undefined
      ? ""
      : `${fraction[0]}${local
          .slice(20, 23)
          .padEnd(9, "0")
          .slice(0, fraction.length - 1)}`;
  return `${local.slice(0, 10)}${clock}${decimals}${blank}${zone}`;
}

function offsetMs(zone: string): number {
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}
