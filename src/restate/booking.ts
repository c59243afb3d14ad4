import type { Slot } from "./handlers.ts";

// Three tenths of a second's worth: what a sliding second may exceed the rate by.
const BURST_SECONDS = 0.3;

/** What booking some calls gives. */
export interface Booking {
  readonly slot: Slot;
  readonly bookedUntilMs: number;
}

/**
 * Books calls one after another. It never makes anybody wait: who books waits for the slot by himself, and the
 * next one can book meanwhile.
 *
 * @param request - How many calls, and how long from now the first can be made at the earliest.
 * @param bookedUntilMs - From the booking before; 0 at first.
 */
export function book(
  bookedUntilMs: number,
  { calls, leadMs }: { readonly calls: number; readonly leadMs: number },
  perSecond: number,
  nowMs: number,
): Booking {
  const everyMs = 1000 / perSecond;
  const toleranceMs = BURST_SECONDS * 1000;
  const atMs = Math.max(nowMs + leadMs, bookedUntilMs - toleranceMs);
  const fromMs = Math.max(bookedUntilMs, nowMs + leadMs);
  return {
    slot: { bookedAtMs: nowMs, atMs, everyMs, backlogMs: atMs - nowMs - leadMs },
    bookedUntilMs: fromMs + calls * everyMs,
  };
}

/** Nobody calls for a while, and whoever calls then begins without a burst. */
export function closeFor(bookedUntilMs: number, pauseMs: number, nowMs: number): number {
  return Math.max(bookedUntilMs, nowMs + pauseMs + BURST_SECONDS * 1000);
}
