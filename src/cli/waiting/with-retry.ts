import { setTimeout as sleep } from "node:timers/promises";
import { classifyError, type ErrorMeaning, formatDurationMs } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { printError } from "../terminal/messages.ts";

const MAY_PASS: ReadonlySet<ErrorMeaning> = new Set<ErrorMeaning>(["throttled", "transient"]);
const MAX_TRIES = 5;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;

/**
 * Makes a call that may be repeated, a few times, while the service asks to slow down or is out of order.
 *
 * @param call - One call.
 * @param signal - Ends it at once.
 */
export async function withRetry<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (signal.aborted || tries >= MAX_TRIES || !MAY_PASS.has(classifyError(error))) {
        throw error;
      }
      const askedMs = (error as { readonly retryAfterMs?: number }).retryAfterMs ?? 0;
      const delayMs = Math.min(MAX_DELAY_MS, Math.max(askedMs, FIRST_DELAY_MS * 2 ** (tries - 1)));
      printError(`${describeError(error)}; asking again in ${formatDurationMs(delayMs)}`);
      await sleep(delayMs, undefined, { signal });
    }
  }
}
