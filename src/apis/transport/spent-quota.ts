import { answeredAtMs } from "../../openapi/response/api-error.ts";
import { MIN_UNIX_MS } from "../../task/parse-task.ts";

const PREFIXES = ["x-ratelimit", "ratelimit", "x-rate-limit"] as const;
// What is above is a moment.
const MIN_UNIX_S = 1e9;

/**
 * What an answer says in headers alone of a quota that is spent: `x-ratelimit-remaining: 0`, and when it is over, as a
 * moment or in seconds. GitHub refuses with 403, as it does who may not ask.
 *
 * @returns Undefined when calls remain. How long it lasts is in milliseconds, where that is said.
 */
export function spentQuotaOf(
  httpStatus: number,
  headers: ReadonlyMap<string, string>,
): { readonly resetMs?: number } | undefined {
  const name =
    httpStatus === 403 || httpStatus === 429
      ? PREFIXES.find((prefix) => headers.get(`${prefix}-remaining`)?.trim() === "0")
      : undefined;
  if (name === undefined) {
    return undefined;
  }
  const text = headers.get(`${name}-reset`)?.trim() ?? "";
  if (!/^\d{1,13}(?:\.\d{1,6})?$/.test(text)) {
    return {};
  }
  const reset = Number(text);
  if (reset < MIN_UNIX_S) {
    return { resetMs: reset * 1000 };
  }
  // At the very second of the reset, or with a clock that is behind, one more second.
  return {
    resetMs: Math.max(1000, (reset < MIN_UNIX_MS ? reset * 1000 : reset) - answeredAtMs(headers)),
  };
}
