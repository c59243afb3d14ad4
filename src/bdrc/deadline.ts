/**
 * Runs work that ends with the caller's signal or when its time is up, whichever is first, even if the work
 * itself can't be stopped.
 *
 * @param timeoutMs - The most that it may take.
 * @param signal - Its reason is what the promise rejects with, untouched, in the turn of the abort.
 * @param onTimeout - Makes the error for when the time is up.
 * @param work - Gets a signal that is aborted in both cases.
 */
export function withinDeadline<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  onTimeout: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const controller = new AbortController();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const giveUp = (reason: unknown) => {
      end();
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    const timer = setTimeout(() => giveUp(onTimeout()), timeoutMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    work(controller.signal).then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}
