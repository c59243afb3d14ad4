import { type Backoff, backoffMs } from "../../async/backoff.ts";
import type { ListingPlan, ScanKind } from "./listing-plan.ts";

const SCANS_PER_RATE = 0.2;
const MAX_SCANS = 16;
const RETREAT: Backoff = { firstMs: 1000, factor: 2, maxMs: 60_000 };

/** How densely scans may follow each other: by the rate, by those under way, and by how the last ones went. */
export class ScanPacing {
  // The last of each kind.
  readonly #begun = new Map<ScanKind, { readonly atMs: number; readonly pages: number }>();
  #failures = 0;
  #retreatUntilMs = Number.NEGATIVE_INFINITY;

  /** After a failure none may begin before this moment. */
  get retreatUntilMs(): number {
    return this.#retreatUntilMs;
  }

  /** How many can be under way at once: the pages of one follow each other, so one alone can't use a high rate. */
  maxAtOnce(ratePerSecond: number): number {
    return Math.min(MAX_SCANS, Math.max(1, Math.ceil(SCANS_PER_RATE * ratePerSecond)));
  }

  /**
   * From when on another of its kind may begin while one is under way. Those that overlap are spread, or they would
   * all see the same pages at the same time; by the rate as it is now, for at the beginning it is far lower than
   * soon after.
   */
  spreadUntilMs({ kind }: ListingPlan, ratePerSecond: number): number {
    const last = this.#begun.get(kind);
    return last === undefined ? Number.NEGATIVE_INFINITY : last.atMs + (1000 * last.pages) / ratePerSecond;
  }

  began({ kind, pages }: ListingPlan, nowMs: number): void {
    this.#begun.set(kind, { atMs: nowMs, pages });
  }

  completed(): void {
    this.#failures = 0;
  }

  failed(nowMs: number): void {
    this.#failures++;
    this.#retreatUntilMs = nowMs + backoffMs(RETREAT, this.#failures);
  }
}
