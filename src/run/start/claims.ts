const MAX_CLAIMS = 10_000;
const nowhere = {};
const byPlace = new WeakMap<object, Set<string>>();

/**
 * The ids that starts of this process got from one place, so that none of these tasks is taken for what another
 * start has started.
 */
export function claimsOf(place: object = nowhere): ReadonlySet<string> {
  return byPlace.get(place) ?? new Set();
}

/** Says that a task is somebody's. */
export function claim(taskId: string, place: object = nowhere): void {
  const claimed = byPlace.get(place) ?? new Set();
  byPlace.set(place, claimed);
  claimed.add(taskId);
  const [oldest] = claimed;
  if (claimed.size > MAX_CLAIMS && oldest !== undefined) {
    claimed.delete(oldest);
  }
}
