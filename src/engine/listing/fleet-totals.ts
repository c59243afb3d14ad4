import { endedAt } from "../../policy/forecast/poll-value.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import type { ListingCoverage } from "./listing-coverage.ts";
import type { ScanTotals } from "./listing-plan.ts";

// Looks do not follow each other more closely.
const SHORTEST_GAP_MS = 200;

/** Adds up what looks at all watched tasks are worth at a moment. */
export function fleetTotals(
  watches: Iterable<TrackedTask>,
  cover: ListingCoverage,
  nowMs: number,
): Omit<ScanTotals, "isCrowded"> {
  let [count, price, all, active, unseen, best, likelyEnded] = [0, 0, 0, 0, 0, 0, 0];
  let [pollsPerSecond, endsPerSecond] = [0, 0];
  let hasCreated = false;
  for (const watch of watches) {
    count++;
    price += watch.worth.price;
    if (watch.phase === "calling") {
      continue;
    }
    const worth = cover.worthOf(watch, nowMs);
    best = Math.max(best, worth);
    if (watch.isMissingFromListings) {
      continue;
    }
    all += worth;
    if (watch.isPresumedEnded) {
      continue;
    }
    active += worth;
    const looks = 1000 / Math.max(SHORTEST_GAP_MS, watch.worth.gapMs);
    pollsPerSecond += looks;
    endsPerSecond += watch.worth.ended * looks;
    if (!watch.isSeen) {
      unseen += worth;
    } else if (worth > 0) {
      likelyEnded += endedAt(watch.worth, nowMs);
    }
    hasCreated ||= watch.lead?.state.task?.taskStatus !== "RUNNING";
  }
  return {
    price: price / Math.max(1, count),
    all,
    active,
    unseen,
    best,
    likelyEnded,
    pollsPerSecond,
    endsPerSecond,
    hasCreated,
  };
}
