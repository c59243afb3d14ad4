import { startTimer } from "./timer.ts";

/**
 * The one sleep of the package.
 *
 * @param onBegun - Is told how to end it early, as if the time had passed.
 * @returns Resolves after `durationMs`; rejects with the signal's reason as soon as that aborts, leaving
 * neither timer nor listener behind.
 *
 * @hidden Exported for the command.
 */
export function sleep(
  durationMs: number,
  signal?: AbortSignal,
  onBegun?: (wake: () => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      stopTimer();
      reject(signal?.reason);
    };
    const wake = (): void => {
      stopTimer();
      signal?.removeEventListener("abort", onAbort);
      resolve();
    };
    const stopTimer = startTimer(durationMs, wake);
    signal?.addEventListener("abort", onAbort, { once: true });
    onBegun?.(wake);
  });
}
