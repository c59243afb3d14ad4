import { startTimer } from "./timer.ts";

/** What bounds one call. */
export interface TimedCallOptions {
  /** The longest that it may take, in milliseconds; without it only an abort ends it early. */
  readonly timeoutMs?: number;
  /** Ends the call: its answer is no longer needed. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the error for a call without an answer in time. */
  readonly onTimeout?: () => Error;
}

/** A call under way. */
export interface TimedCall<T> {
  /** The answer. Rejects with the caller's reason, in the turn of the abort, or with the timeout's error. */
  readonly promise: Promise<T>;
  /** Ends the call. For a caller without a signal: making one costs as much as the rest of a call. */
  cancel(reason: unknown): void;
}

/**
 * Makes one call that ends in time, also when `run` ignores its signal. Neither timer nor listener outlives it.
 *
 * @param run - Makes the call; its signal aborts when the call is cancelled or out of time.
 */
export function timedCall<T>(
  run: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, signal, onTimeout = () => new Error("no answer in time") }: TimedCallOptions,
): TimedCall<T> {
  let cancel: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const controller = new AbortController();
    const end = (): void => {
      stopTimer?.();
      signal?.removeEventListener("abort", onAbort);
    };
    cancel = (reason) => {
      end();
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = (): void => cancel(signal?.reason);
    const stopTimer = timeoutMs === undefined ? undefined : startTimer(timeoutMs, () => cancel(onTimeout()));
    signal?.addEventListener("abort", onAbort, { once: true });
    const answered = (value: T): void => {
      end();
      resolve(value);
    };
    const failed = (error: unknown): void => {
      end();
      reject(error);
    };
    try {
      // One promise for it all: a chain of them costs as much as the rest of a poll.
      run(controller.signal).then(answered, failed);
    } catch (error) {
      failed(error);
    }
  });
  return { promise, cancel };
}
