import { classifyError, type ErrorMeaning, formatDurationMs, retry, retryAfterMsOf } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { printError } from "../terminal/messages.ts";

const MAY_PASS: ReadonlySet<ErrorMeaning> = new Set<ErrorMeaning>(["throttled", "transient"]);
const DEFAULT_RETRIES = 4;
const MAX_DELAY_MS = 10_000;
const BACKOFF = { firstMs: 500, factor: 2, maxMs: MAX_DELAY_MS };

/**
 * Makes a call that may be repeated, while the service asks to slow down or is out of order.
 *
 * @param call - One call.
 * @param signal - Ends it at once.
 * @param budgetMs - For how long it is repeated; without it, a few times.
 */
export async function withRetry<T>(
  call: () => Promise<T>,
  signal: AbortSignal,
  budgetMs?: number,
): Promise<T> {
  return await retry(call, {
    backoff: BACKOFF,
    ...(budgetMs === undefined ? { retries: DEFAULT_RETRIES } : { budgetMs }),
    signal,
    shouldRetry: (error) => MAY_PASS.has(classifyError(error)),
    retryAfterMs: (error) => Math.min(MAX_DELAY_MS, retryAfterMsOf(error) ?? 0),
    onRetry: ({ error, delayMs }) =>
      printError(`${describeError(error)}; asking again in ${formatDurationMs(delayMs)}`),
  });
}
