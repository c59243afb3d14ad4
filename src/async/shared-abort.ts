/** Who wants to know that a signal aborted. */
export interface Abortable {
  aborted(reason: unknown): void;
}

interface Subscription {
  readonly members: Set<Abortable>;
  readonly listener: () => void;
}

// By signal, over all waiters of the process: however many waits share a signal, it carries one listener of
// ours, and none once the last of them has ended.
const subscriptions = new WeakMap<AbortSignal, Subscription>();

/**
 * Tells the member when the signal aborts, in the same turn; at once when it has aborted already.
 *
 * @returns Whether it has not aborted yet.
 */
export function joinSignal(signal: AbortSignal | undefined, member: Abortable): boolean {
  if (signal === undefined) {
    return true;
  }
  if (signal.aborted) {
    member.aborted(signal.reason);
    return false;
  }
  let subscription = subscriptions.get(signal);
  if (subscription === undefined) {
    const members = new Set<Abortable>();
    const listener = (): void => {
      subscriptions.delete(signal);
      for (const each of members) {
        each.aborted(signal.reason);
      }
    };
    subscription = { members, listener };
    subscriptions.set(signal, subscription);
    signal.addEventListener("abort", listener, { once: true });
  }
  subscription.members.add(member);
  return true;
}

/** Undoes {@link joinSignal}; the last to leave takes the listener away. */
export function leaveSignal(signal: AbortSignal | undefined, member: Abortable): void {
  if (signal === undefined) {
    return;
  }
  const subscription = subscriptions.get(signal);
  if (subscription?.members.delete(member) && subscription.members.size === 0) {
    subscriptions.delete(signal);
    signal.removeEventListener("abort", subscription.listener);
  }
}
