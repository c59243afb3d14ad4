/** The longest that the platform's timers count, in milliseconds: 31 bits, or 24.8 days. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/**
 * Calls `fire` once, after `durationMs`, however long that is.
 *
 * @returns Stops it.
 *
 * @hidden Exported for the command.
 */
export function startTimer(durationMs: number, fire: () => void): () => void {
  let leftMs = durationMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arm = (): void => {
    const partMs = Math.min(leftMs, MAX_TIMER_MS);
    leftMs -= partMs;
    timer = setTimeout(leftMs > 0 ? arm : fire, partMs);
  };
  arm();
  return () => clearTimeout(timer);
}
