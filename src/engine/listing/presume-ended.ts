import type { TrackedTask } from "../tasks/tracked-task.ts";
import type { Fleet } from "./fleet-totals.ts";
import { LISTED_AFTER_MS, type ListingCoverage } from "./listing-coverage.ts";
import type { ListingScan } from "./listing-scan.ts";

/**
 * What it means that a scan did not show a task: never more than that it wants a poll of its own (W6).
 *
 * @returns The tasks that are now presumed ended.
 */
export function presumeEnded(
  { plan, startedAtMs }: ListingScan,
  shown: ReadonlySet<string>,
  { tasks, inFlight }: Fleet,
  coverage: ListingCoverage,
  nowMs: number,
): readonly TrackedTask[] {
  const asOfMs = startedAtMs - coverage.lag.lagMs(nowMs);
  if (plan.kind === "ended") {
    coverage.readEnded(asOfMs);
  }
  const ended: TrackedTask[] = [];
  for (const tracked of tasks.values()) {
    const isMissing =
      !shown.has(tracked.taskId) &&
      Math.max(tracked.value.fromMs, tracked.ranAtMs) < asOfMs &&
      tracked.addedMs < asOfMs - LISTED_AFTER_MS &&
      !inFlight.has(tracked);
    if (!isMissing) {
      continue;
    }
    if (plan.kind === "all" || (plan.kind === "ended" && tracked.isPresumedEnded)) {
      tracked.missing();
    } else if (plan.kind === "active" && !tracked.isPresumedEnded && tracked.isListedActive) {
      tracked.presumeEnded(nowMs);
      ended.push(tracked);
    }
  }
  return ended;
}
