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

/** What a call is made with. The signal is made when it is first read: it costs as much as the rest of a poll. */
export interface CallContext {
  /** Aborts when the call is cancelled or out of time. */
  readonly signal: AbortSignal;
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
 * @param run - Makes the call.
 */
export function timedCall<T>(
  run: (own: CallContext) => Promise<T>,
  { timeoutMs, signal, onTimeout = () => new Error("no answer in time") }: TimedCallOptions,
): TimedCall<T> {
  let cancel: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let controller: AbortController | undefined;
    let cancelled: { readonly reason: unknown } | undefined;
    // A property of its own, so that a copy has it.
    const own = {
      get signal(): AbortSignal {
        controller ??= new AbortController();
        if (cancelled !== undefined) {
          controller.abort(cancelled.reason);
        }
        return controller.signal;
      },
    };
    const end = (): void => {
      stopTimer?.();
      signal?.removeEventListener("abort", onAbort);
    };
    cancel = (reason) => {
      end();
      reject(reason);
      cancelled ??= { reason };
      controller?.abort(reason);
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
      run(own).then(answered, failed);
    } catch (error) {
      failed(error);
    }
  });
  return { promise, cancel };
}
