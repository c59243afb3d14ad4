import { type ObjectContext, object, type VirtualObjectDefinition } from "@restatedev/restate-sdk";
import { RETRY_AFTER_MS } from "./batch.ts";
import { book, closeFor } from "./booking.ts";
import type { QuotaHandlers } from "./handlers.ts";
import type { ResolvedServicesOptions } from "./options.ts";

const BOOKED_UNTIL = "bookedUntilMs";

/** The object that hands out an account's calls, over all processes. */
export function quotaObject({
  perSecond,
  quota,
}: ResolvedServicesOptions): VirtualObjectDefinition<string, QuotaHandlers> {
  const handlers: QuotaHandlers = {
    reserve: async (context: ObjectContext, request) => {
      const nowMs = await context.date.now();
      const before = (await context.get<number>(BOOKED_UNTIL)) ?? 0;
      const { slot, bookedUntilMs } = book(before, request, perSecond, nowMs);
      context.set(BOOKED_UNTIL, bookedUntilMs);
      return slot;
    },
    penalize: async (context: ObjectContext, { pauseMs }) => {
      const nowMs = await context.date.now();
      const before = (await context.get<number>(BOOKED_UNTIL)) ?? 0;
      context.set(BOOKED_UNTIL, closeFor(before, pauseMs, nowMs));
    },
  };
  return object({ name: quota.name, handlers, options: INTERNAL });
}

/** How objects run that are called by us only, often, and must go on soon after an outage. */
export const INTERNAL = {
  ingressPrivate: true,
  journalRetention: 0,
  enableLazyState: true,
  // The default grows to a minute and gives up after 70 tries, with the object's key locked all the time.
  retryPolicy: { initialInterval: RETRY_AFTER_MS as number, maxInterval: 3000, maxAttempts: 1_000_000 },
};
