/** What bounds one call. */
export interface TimedCallOptions {
  /** The most that it may take. */
  readonly timeoutMs: number;
  /** Ends the call: nobody wants its answer any more. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the error for when there is no answer in time. */
  readonly onTimeout: () => Error;
  /** Hears how else to end the call, for who has no signal: one costs as much as the rest of a call. */
  readonly onBegun?: (giveUp: (reason: unknown) => void) => void;
}

/**
 * One call that ends in time, also when who makes it is deaf to its signal. It rejects with the caller's reason,
 * untouched and in the turn of the abort, or with the error that says there was no answer in time. Neither timer
 * nor listener outlives it.
 *
 * @param run - Makes the call; its signal is aborted in both cases.
 */
export function timedCall<T>(
  run: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, signal, onTimeout, onBegun }: TimedCallOptions,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const controller = new AbortController();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const giveUp = (reason: unknown): void => {
      end();
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = (): void => giveUp(signal?.reason);
    const timer = setTimeout(() => giveUp(onTimeout()), timeoutMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    onBegun?.(giveUp);
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
}
