import { endedAt } from "../../policy/forecast/poll-value.ts";
import type { Watch } from "../tasks/tracked-task.ts";
import type { SweepCover } from "./listing-coverage.ts";
import type { SweepStakes } from "./listing-plan.ts";

// Looks do not follow each other more closely.
const SHORTEST_GAP_MS = 200;

/** Adds up what looks at all watched tasks are worth at a moment. */
export function crowdStakes(
  watches: Iterable<Watch>,
  cover: SweepCover,
  nowMs: number,
): Omit<SweepStakes, "isCrowded"> {
  let [count, price, all, active, unseen, best, likelyEnded] = [0, 0, 0, 0, 0, 0, 0];
  let [looksPerSecond, endsPerSecond] = [0, 0];
  let hasCreated = false;
  for (const watch of watches) {
    count++;
    price += watch.worth.price;
    if (watch.phase === "calling") {
      continue;
    }
    const worth = cover.worthOf(watch, nowMs);
    best = Math.max(best, worth);
    if (watch.isUnlisted) {
      continue;
    }
    all += worth;
    if (watch.isGone) {
      continue;
    }
    active += worth;
    const looks = 1000 / Math.max(SHORTEST_GAP_MS, watch.worth.gapMs);
    looksPerSecond += looks;
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
    looksPerSecond,
    endsPerSecond,
    hasCreated,
  };
}
