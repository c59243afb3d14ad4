/**
 * The work's result, unless the signal is aborted first: then it rejects with the signal's reason in that turn,
 * while the work, which knows no signal, goes on unheeded.
 */
export function abortRace<T>(signal: AbortSignal | undefined, start: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    // Started inside a promise, so that what it throws at once is a rejection, too.
    Promise.resolve()
      .then(start)
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener("abort", onAbort));
  });
}
