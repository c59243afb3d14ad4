import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import type { TaskSource } from "../../task/source.ts";
import { PermitDispatcher } from "./permit-dispatcher.ts";
import { RateLimiter, type RateOption } from "./rate-limiter.ts";

/** The calls that a service may count apart. */
export type CallKind = "describe" | "list";

// A service that is slow to answer must not take all of the process's descriptors.
const MAX_IN_FLIGHT = 256;

// What waiters hold stays, and nothing else does.
const byKey = new Map<string, WeakRef<PermitDispatcher>>();
const collected = new FinalizationRegistry<string>((key) => {
  if (byKey.get(key)?.deref() === undefined) {
    byKey.delete(key);
  }
});
const bySource = new WeakMap<TaskSource, Map<CallKind, PermitDispatcher>>();

/** A rate that a waiter shares with no other. */
export function ownRate(clock: MonotonicClock, rate: RateOption, quotaPerSecond?: number): PermitDispatcher {
  return new PermitDispatcher(new RateLimiter(clock, rate, quotaPerSecond), MAX_IN_FLIGHT);
}

/**
 * The adaptive rate of all waiters of this process that draw on one quota: those whose sources name the same key, else
 * those of the same source.
 *
 * @param key - What the source names for calls of this kind.
 * @param quotaPerSecond - What the service documents, as far as this waiter's source knows. The lowest holds.
 */
export function sharedRate(
  {
    source,
    kind,
    key,
  }: { readonly source: TaskSource; readonly kind: CallKind; readonly key: string | undefined },
  clock: MonotonicClock,
  quotaPerSecond: number | undefined,
): PermitDispatcher {
  const ofSource = bySource.get(source) ?? new Map<CallKind, PermitDispatcher>();
  const known = key === undefined ? ofSource.get(kind) : byKey.get(key)?.deref();
  // One whose clock has stopped, as after the fake timers of a test, would hold calls back.
  if (known?.limiter.keepsTimeWith(clock)) {
    known.limiter.heedQuota(quotaPerSecond);
    return known;
  }
  const made = ownRate(clock, "adaptive", quotaPerSecond);
  if (key === undefined) {
    bySource.set(source, ofSource.set(kind, made));
  } else {
    byKey.set(key, new WeakRef(made));
    collected.register(made, key);
  }
  return made;
}
