/** How the pauses between attempts grow. */
export interface Backoff {
  /** The first pause, in milliseconds. */
  readonly firstMs: number;
  /** By how much each next pause is longer. */
  readonly factor: number;
  /** The longest pause, in milliseconds, before jitter. */
  readonly maxMs: number;
}

/** For a service that is busy or out of order: 1 s, 2 s, 4 s … 30 s. */
export const SERVICE_BACKOFF: Backoff = { firstMs: 1000, factor: 2, maxMs: 30_000 };

/** The share by which what began together is kept out of step. */
export const JITTER = 0.1;

/** Moves a value by up to 10 % either way, so that what began together does not stay in step. */
export function jittered(value: number, random: () => number): number {
  return value * (1 - JITTER + 2 * JITTER * random());
}

/**
 * The pause after so many failures in a row, in milliseconds.
 *
 * @param failures - From 1.
 * @param random - With it, the pause is {@link jittered}.
 */
export function backoffMs(
  { firstMs, factor, maxMs }: Backoff,
  failures: number,
  random?: () => number,
): number {
  const delayMs = Math.min(maxMs, firstMs * factor ** (failures - 1));
  return random === undefined ? delayMs : jittered(delayMs, random);
}
