/** The longest that the platform's timers count, in milliseconds: 31 bits, or 24.8 days. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/**
 * How late a timer is in a process that was stopped or kept busy. What came meanwhile is not read yet, so such a timer
 * lets one turn pass first.
 */
export const LATE_MS = 1000;

/**
 * Calls `fire` once, after `durationMs`, however long that is.
 *
 * @returns Stops it.
 *
 * @hidden Exported for the command.
 */
export function startTimer(durationMs: number, fire: () => void): () => void {
  // Node 24 warns of a time below 0, which a moment that has just passed comes to.
  let leftMs = Math.max(0, durationMs);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arm = (): void => {
    const partMs = Math.min(leftMs, MAX_TIMER_MS);
    leftMs -= partMs;
    const lateFromMs = performance.now() + partMs + LATE_MS;
    const fireInTurn = (): void => {
      if (performance.now() < lateFromMs) {
        fire();
      } else {
        timer = setTimeout(fire, 0);
      }
    };
    timer = setTimeout(leftMs > 0 ? arm : fireInTurn, partMs);
  };
  arm();
  return () => clearTimeout(timer);
}
