import { MAX_PAGE_SIZE } from "../../task/pages-of.ts";
import type { ListedStatus } from "./listing-plan.ts";

interface Size {
  tasks: number;
  measuredAtMs: number;
  /** It was read to its end; otherwise it has more than that. */
  isWhole: boolean;
}

// The service does not tell when the rest of the account changes, so a measured size counts less and less: a listing
// that was too long is tried again some day.
const HALF_LIFE_MS = 5 * 60_000;

/** How many tasks each listing has, as far as was seen; the service itself does not say. */
export class ListingSizes {
  readonly #sizes = new Map<ListedStatus, Size>();

  /** Pages that a listing is expected to take, at least one. */
  pagesOf(status: ListedStatus, tracked: number, nowMs: number): number {
    return Math.max(1, Math.ceil(this.#tasksOf(status, tracked, nowMs) / MAX_PAGE_SIZE));
  }

  /** The same, and infinite while none was read to its end: then it is but a guess. */
  knownPagesOf(status: ListedStatus, tracked: number, nowMs: number): number {
    return this.#sizes.get(status)?.isWhole === true
      ? this.pagesOf(status, tracked, nowMs)
      : Number.POSITIVE_INFINITY;
  }

  /** A listing was read to its end. */
  measured(status: ListedStatus, tasks: number, nowMs: number): void {
    this.#sizes.set(status, { tasks, measuredAtMs: nowMs, isWhole: true });
  }

  /** A listing was given up after so many tasks; there are more. */
  exceeds(status: ListedStatus, tasks: number, nowMs: number): void {
    const known = this.#sizes.get(status)?.tasks ?? 0;
    this.#sizes.set(status, {
      tasks: Math.max(known, 2 * tasks + MAX_PAGE_SIZE),
      measuredAtMs: nowMs,
      isWhole: false,
    });
  }

  #tasksOf(status: ListedStatus, tracked: number, nowMs: number): number {
    const least = status === undefined || status === "RUNNING" ? tracked : 0;
    const size = this.#sizes.get(status);
    if (size === undefined) {
      return least;
    }
    const foreign = Math.max(0, size.tasks - least);
    return least + foreign * 0.5 ** ((nowMs - size.measuredAtMs) / HALF_LIFE_MS);
  }
}
