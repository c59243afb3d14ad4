import { pacedPerSecond } from "../durable/paced-rate.ts";
import type { Slot } from "./handlers.ts";

/** What booking some calls gives. */
export interface Booking {
  readonly slot: Slot;
  readonly bookedUntilMs: number;
}

/**
 * Books calls one after another, evenly and without a burst. It never makes anybody wait: who books waits for the
 * slot by himself, and the next one can book meanwhile.
 *
 * @param bookedUntilMs - From the booking before; 0 at first.
 * @param request - How many calls, and how long from now the first can be made at the earliest.
 * @param perSecond - What the account may call.
 */
export function book(
  bookedUntilMs: number,
  { calls, leadMs }: { readonly calls: number; readonly leadMs: number },
  perSecond: number,
  nowMs: number,
): Booking {
  const everyMs = 1000 / pacedPerSecond(perSecond);
  const atMs = Math.max(nowMs + leadMs, bookedUntilMs);
  return {
    slot: { bookedAtMs: nowMs, atMs, everyMs, backlogMs: atMs - nowMs - leadMs },
    bookedUntilMs: atMs + calls * everyMs,
  };
}

/** Nobody calls for a while. */
export function closeFor(bookedUntilMs: number, pauseMs: number, nowMs: number): number {
  return Math.max(bookedUntilMs, nowMs + pauseMs);
}
