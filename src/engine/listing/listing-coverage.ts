import { pollValueSince } from "../../policy/forecast/poll-value.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import { ListingLag } from "./listing-lag.ts";
import type { ListingScan } from "./listing-scan.ts";

// Absence proves nothing, so a task that a listing of ended tasks lacks is presumed to run on only for so long.
const MAX_PRESUMED_GAPS = 8;
const MAX_PRESUMED_MS = 30_000;
/** A task that was created just before may not be listed yet, in milliseconds. */
export const LISTED_AFTER_MS = 1000;

/** What coverage depends on. */
type CoveredTask = Pick<
  TrackedTask,
  "value" | "ranAtMs" | "addedMs" | "isSeen" | "isPresumedEnded" | "isMissingFromListings"
>;

/**
 * What listing scans take off the value of polls: one that is under way will tell, and one of all ended tasks that did
 * not show a task says that it probably runs on.
 */
export class ListingCoverage {
  readonly lag: ListingLag = new ListingLag();
  readonly #running = new Set<ListingScan>();
  #pendingMs = Number.NEGATIVE_INFINITY;
  #pendingEndedMs = Number.NEGATIVE_INFINITY;
  #presumedRunningMs = Number.NEGATIVE_INFINITY;

  /** The scans that are under way. */
  get running(): ReadonlySet<ListingScan> {
    return this.#running;
  }

  began(scan: ListingScan): void {
    this.#running.add(scan);
    this.#update();
  }

  finished(scan: ListingScan): void {
    this.#running.delete(scan);
    this.#update();
  }

  /** All listings of ended tasks were read, and tell how the tasks were at that moment. */
  readEnded(asOfMs: number): void {
    this.#presumedRunningMs = Math.max(this.#presumedRunningMs, asOfMs);
  }

  /** The value of a poll of the task now, in seconds, beside what scans tell. */
  valueOf(tracked: CoveredTask, nowMs: number): number {
    return pollValueSince(tracked.value, this.coveredMs(tracked, nowMs), nowMs);
  }

  /** Until when scans tell how the task is; infinite while one is under way that will show it first. */
  coveredMs(tracked: CoveredTask, nowMs: number): number {
    const { value, ranAtMs, addedMs, isSeen, isPresumedEnded, isMissingFromListings } = tracked;
    const seenMs = Math.max(value.fromMs, ranAtMs);
    if (isMissingFromListings) {
      return seenMs;
    }
    const pendingMs = (isPresumedEnded ? this.#pendingEndedMs : this.#pendingMs) - this.lag.lagMs(nowMs);
    const isPending = pendingMs > seenMs && pendingMs >= addedMs;
    if (!isSeen) {
      return isPending ? Number.POSITIVE_INFINITY : seenMs;
    }
    const coveredMs = isPending ? pendingMs : seenMs;
    const isPresumedRunning =
      !isPresumedEnded &&
      this.#presumedRunningMs > coveredMs &&
      this.#presumedRunningMs > addedMs + LISTED_AFTER_MS &&
      nowMs < this.presumedRunningUntilMs(tracked);
    return isPresumedRunning ? this.#presumedRunningMs : coveredMs;
  }

  /** Until when a task that no listing of ended tasks has shown is presumed to run on. */
  presumedRunningUntilMs({ value }: Pick<CoveredTask, "value">): number {
    return value.fromMs + MAX_PRESUMED_GAPS * value.gapMs + MAX_PRESUMED_MS;
  }

  #update(): void {
    this.#pendingMs = Number.NEGATIVE_INFINITY;
    this.#pendingEndedMs = Number.NEGATIVE_INFINITY;
    for (const { plan, startedAtMs } of this.#running) {
      this.#pendingMs = Math.max(this.#pendingMs, startedAtMs);
      if (plan.kind !== "active") {
        this.#pendingEndedMs = Math.max(this.#pendingEndedMs, startedAtMs);
      }
    }
  }
}
