import { pollValueSince } from "../../policy/forecast/poll-value.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import type { ListingScan } from "./listing-scan.ts";

// Absence proves nothing, so what a listing of ended tasks lacks is believed to run on only for so long.
const MAX_CREDIT_GAPS = 8;
const MAX_CREDIT_MS = 30_000;
// A task that was created just before may not be listed yet.
const LISTED_AFTER_MS = 1000;

/**
 * What sweeps take off the worth of single looks: one that is under way will tell, and one of all ended tasks
 * that did not show a task says that it probably runs on.
 */
export class ListingCoverage {
  readonly #running = new Set<ListingScan>();
  #pendingMs = Number.NEGATIVE_INFINITY;
  #pendingEndedMs = Number.NEGATIVE_INFINITY;
  #creditMs = Number.NEGATIVE_INFINITY;

  /** Sweeps serve all tasks for less than single looks do: these can wait for one. */
  servesAll = false;

  /** The sweeps that are under way. */
  get running(): ReadonlySet<ListingScan> {
    return this.#running;
  }

  began(sweep: ListingScan): void {
    this.#running.add(sweep);
    this.#update();
  }

  finished(sweep: ListingScan): void {
    this.#running.delete(sweep);
    this.#update();
  }

  /** All listings of ended tasks were read, beginning at that moment. */
  readEnded(startedAtMs: number): void {
    this.#creditMs = Math.max(this.#creditMs, startedAtMs);
  }

  /** What a look at the task now is worth, in seconds, beside what sweeps tell. */
  worthOf(watch: TrackedTask, nowMs: number): number {
    const coveredMs = this.coveredMs(watch, nowMs);
    return coveredMs === Number.POSITIVE_INFINITY ? 0 : pollValueSince(watch.worth, coveredMs, nowMs);
  }

  /** Until when sweeps tell how the task does; infinite while one is under way that will show it first. */
  coveredMs(watch: TrackedTask, nowMs: number): number {
    const { worth, ranAtMs, addedMs, isSeen, isPresumedEnded, isMissingFromListings } = watch;
    const seenMs = Math.max(worth.fromMs, ranAtMs);
    if (isMissingFromListings) {
      return seenMs;
    }
    const pendingMs = isPresumedEnded ? this.#pendingEndedMs : this.#pendingMs;
    const isPending = pendingMs > seenMs && pendingMs >= addedMs;
    if (!isSeen) {
      return isPending ? Number.POSITIVE_INFINITY : seenMs;
    }
    const coveredMs = isPending ? pendingMs : seenMs;
    const isCredited =
      !isPresumedEnded &&
      this.#creditMs > coveredMs &&
      this.#creditMs > addedMs + LISTED_AFTER_MS &&
      nowMs < this.creditLapsesMs(watch);
    return isCredited ? this.#creditMs : coveredMs;
  }

  /** Until when a task that no listing of ended tasks has shown is believed to run on. */
  creditLapsesMs({ worth }: TrackedTask): number {
    return worth.fromMs + MAX_CREDIT_GAPS * worth.gapMs + MAX_CREDIT_MS;
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
