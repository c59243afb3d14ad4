export const MINUTE_MS = 60_000;

/**
 * @hidden
 */
export const DAY_MS = 86_400_000;

/** The longest duration that an option takes, ten years: beyond any task, and where milliseconds are still precise. */
export const MAX_DURATION_MS: number = 10 * 365 * DAY_MS;

/**
 * How long a wait lasts when nothing is said.
 *
 * @hidden
 */
export const DEFAULT_TIMEOUT_MS: number = 24 * 60 * MINUTE_MS;

/** How long one call may take when nothing is said. */
export const DEFAULT_CALL_TIMEOUT_MS = 10_000;

/** A time that the service tells in whole seconds is cut off: so much is missing on average. */
export const HALF_SECOND_MS = 500;
