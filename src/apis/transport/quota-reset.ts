import { answeredAtMs } from "../../openapi/response/api-error.ts";
import { MIN_UNIX_MS } from "../../task/parse-task.ts";

const PREFIXES = ["x-ratelimit", "ratelimit", "x-rate-limit"] as const;
// What is above is a moment.
const MIN_UNIX_S = 1e9;

/**
 * How long a spent quota lasts, in milliseconds, of an answer that says so in headers alone: `x-ratelimit-remaining: 0`, and
 * when it is over as a moment or in seconds. GitHub refuses with 403, as it does who may not ask.
 */
export function quotaResetMs(httpStatus: number, headers: ReadonlyMap<string, string>): number | undefined {
  if (httpStatus !== 403 && httpStatus !== 429) {
    return undefined;
  }
  const spent = PREFIXES.find((name) => headers.get(`${name}-remaining`)?.trim() === "0");
  const text = spent === undefined ? "" : (headers.get(`${spent}-reset`)?.trim() ?? "");
  if (!/^\d{1,13}(?:\.\d{1,6})?$/.test(text)) {
    return undefined;
  }
  const reset = Number(text);
  if (reset < MIN_UNIX_S) {
    return reset * 1000;
  }
  // At the very second of the reset, or with a clock that is behind, one more second.
  return Math.max(1000, (reset < MIN_UNIX_MS ? reset * 1000 : reset) - answeredAtMs(headers));
}
