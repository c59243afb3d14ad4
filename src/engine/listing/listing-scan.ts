import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { sleep } from "../../async/sleep.ts";
import { observeError } from "../../policy/observe/observe.ts";
import { MAX_PAGE_SIZE, tokenPages } from "../../task/pages-of.ts";
import type { TaskPage, TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";
import type { RateLimits } from "../rate/rate-limits.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import type { ListedStatus, ListingPlan } from "./listing-plan.ts";
import type { ListingSizes } from "./listing-sizes.ts";
import { requestPage } from "./request-page.ts";

/** A page as it came. */
export interface ScannedPage {
  readonly tasks: readonly Task[];
  /** When it was asked for: what it shows is no older. */
  readonly sentMs: number;
  readonly callMs: number;
}

/** How a scan ended. */
export type ScanEnd =
  /** Every listing was read to its end. */
  | { readonly kind: "complete" }
  /** It was stopped, or has cost more than its value. */
  | { readonly kind: "stopped" }
  /** Pages did not come, or their tokens led nowhere. */
  | { readonly kind: "failed" }
  /** The service refuses listings. */
  | { readonly kind: "refused"; readonly error: Error };

/** What a scan needs. */
export interface ScanContext {
  readonly source: TaskSource;
  readonly clock: MonotonicClock;
  readonly limits: RateLimits<TrackedTask>;
  /** Is told how long the listings turned out to be. */
  readonly sizes: ListingSizes;
  readonly callTimeoutMs: number;
}

const MAX_RETRIES = 2;
const MAX_THROTTLES = 20;
const RETRY_MS = 200;
// A scan may cost this many times its expected value: sizes are guesses.
const BUDGET_FACTOR = 2;
const MIN_PAGES = 4;

/** One reading of one or a few listings, page after page. */
export class ListingScan {
  readonly plan: ListingPlan;
  readonly startedAtMs: number;
  readonly #context: ScanContext;
  // One of its own: many listeners on one signal make Node warn of a leak, and scans overlap.
  readonly #stopped = new AbortController();
  readonly #maxPages: number;
  #pages = 0;
  #refusal: Error | undefined;

  constructor(plan: ListingPlan, price: number, context: ScanContext) {
    this.plan = plan;
    this.#context = context;
    this.startedAtMs = context.clock.nowMs();
    this.#maxPages = Math.max(MIN_PAGES, BUDGET_FACTOR * plan.pages, (BUDGET_FACTOR * plan.value) / price);
  }

  /** What it would show is no longer needed. */
  stop(): void {
    this.#stopped.abort();
  }

  /** The pages as they come; at last, how it ended. It never throws. */
  async *pages(): AsyncGenerator<ScannedPage, ScanEnd, undefined> {
    try {
      for (const status of this.plan.statuses) {
        const end = this.#pages < this.#maxPages ? yield* this.#list(status) : { kind: "stopped" as const };
        if (end.kind !== "complete") {
          return end;
        }
      }
      return { kind: "complete" };
    } catch {
      return this.#refusal === undefined
        ? { kind: this.#stopped.signal.aborted ? "stopped" : "failed" }
        : { kind: "refused", error: this.#refusal };
    }
  }

  async *#list(status: ListedStatus): AsyncGenerator<ScannedPage, ScanEnd, undefined> {
    const { sizes, clock } = this.#context;
    let [tasks, pages] = [0, 0];
    const getPage = (nextToken: string | undefined) => this.#page(status, nextToken);
    for await (const { page, cut } of tokenPages(getPage, this.#maxPages - this.#pages)) {
      yield page;
      pages++;
      tasks += page.tasks.length;
      if (cut !== undefined) {
        // Whatever was on them, so many pages were not the end; a token that goes round shows nothing new.
        const isBeyond = cut === "tooManyPages";
        sizes.exceeds(status, isBeyond ? Math.max(tasks, pages * MAX_PAGE_SIZE) : tasks, clock.nowMs());
        return { kind: isBeyond ? "stopped" : "failed" };
      }
    }
    sizes.measured(status, tasks, clock.nowMs());
    this.#pages += pages;
    return { kind: "complete" };
  }

  /** One page, sent again when that can help. */
  async #page(status: ListedStatus, nextToken: string | undefined): Promise<ScannedPage & TaskPage> {
    const { clock, limits } = this.#context;
    const { signal } = this.#stopped;
    let throttles = 0;
    for (let failures = 0; ; ) {
      await limits.list.acquire(signal);
      const sentMs = clock.nowMs();
      try {
        const page = await this.#call(status, nextToken);
        limits.listed("accepted");
        return { ...page, sentMs, callMs: clock.nowMs() - sentMs };
      } catch (error) {
        if (signal.aborted) {
          limits.list.cancelled();
          throw error;
        }
        const observed = observeError(error);
        if (observed.kind === "throttled" && ++throttles <= MAX_THROTTLES) {
          limits.listed("throttled", observed.retryAfterMs);
          continue;
        }
        if (observed.kind !== "transient" && observed.kind !== "throttled") {
          limits.listed("accepted");
          this.#refusal = observed.error;
          throw error;
        }
        limits.listed("transient");
        if (++failures > MAX_RETRIES) {
          throw error;
        }
        await sleep(RETRY_MS * failures, signal);
      }
    }
  }

  #call(taskStatus: ListedStatus, nextToken: string | undefined): Promise<TaskPage> {
    const { source, callTimeoutMs } = this.#context;
    const query = {
      ...(taskStatus === undefined ? {} : { taskStatus }),
      ...(nextToken === undefined ? {} : { nextToken }),
      maxResults: MAX_PAGE_SIZE,
    };
    return requestPage(source, query, { timeoutMs: callTimeoutMs, signal: this.#stopped.signal });
  }
}
