/** What bounds one call. */
export interface CallBounds {
  readonly timeoutMs: number;
  /** Ends the call: nobody wants its answer any more. */
  readonly signal: AbortSignal;
  /** What is thrown when there is no answer in time. */
  readonly onTimeout: () => Error;
}

/**
 * One call that ends in time, also when who makes it is deaf to its signal. It rejects with the signal's
 * reason, or with the error that says there was no answer in time.
 */
export async function boundedCall<T>(
  run: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, signal, onTimeout }: CallBounds,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  let giveUp = (_reason: unknown): void => {};
  const gaveUp = new Promise<never>((_resolve, reject) => {
    giveUp = (reason) => {
      controller.abort(reason);
      reject(reason);
    };
  });
  const onAbort = (): void => giveUp(signal.reason);
  const timer = setTimeout(() => giveUp(onTimeout()), timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([run(controller.signal), gaveUp]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
