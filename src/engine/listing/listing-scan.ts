import { sleep } from "../../async/sleep.ts";
import { timedCall } from "../../async/timed-call.ts";
import { observeError } from "../../policy/observe/observe.ts";
import { ProtocolError, UnreachableError } from "../../task/errors.ts";
import type { TaskPage, TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";
import type { CallAnswer } from "../rate/api-rate-limit.ts";
import type { ListedStatus, ListingPlan } from "./listing-plan.ts";
import { PAGE_SIZE } from "./listing-sizes.ts";

/** How a sweep ended. */
export type ScanEnd =
  /** Every listing was read to its end. */
  | "complete"
  /** Somebody stopped it, or it has cost more than it was worth. */
  | "stopped"
  /** Pages did not come, or their tokens led nowhere. */
  | "failed"
  /** The service refuses listings. */
  | "refused";

/** What a sweep needs from who makes it. */
export interface ScanContext {
  readonly source: TaskSource;
  readonly callTimeoutMs: number;
  readonly nowMs: () => number;
  readonly acquirePermit: (signal: AbortSignal) => Promise<void>;
  readonly onAnswer: (answer: CallAnswer, retryAfterMs?: number) => void;
  readonly onTasks: (tasks: readonly Task[], sentMs: number, callMs: number) => void;
  /** A listing was read to its end, or given up after so many tasks. */
  readonly onListed: (status: ListedStatus, tasks: number, isWhole: boolean) => void;
}

const MAX_RETRIES = 2;
const MAX_THROTTLES = 20;
const RETRY_MS = 200;
// A sweep may cost this many times what it seemed worth: sizes are guesses.
const PATIENCE = 2;
const MIN_PAGES = 4;

/** One reading of one or a few listings, page after page. It never rejects. */
export class ListingScan {
  readonly plan: ListingPlan;
  readonly startedAtMs: number;
  /** Why listings are refused. */
  error: Error | undefined;
  readonly #context: ScanContext;
  // One of its own: many listeners on one signal make Node warn of a leak, and sweeps overlap.
  readonly #stopped = new AbortController();
  readonly #mostPages: number;
  #pages = 0;

  constructor(plan: ListingPlan, price: number, context: ScanContext) {
    this.plan = plan;
    this.#context = context;
    this.startedAtMs = context.nowMs();
    this.#mostPages = Math.max(MIN_PAGES, PATIENCE * plan.pages, (PATIENCE * plan.worth) / price);
  }

  /** Nobody wants to know any more. */
  stop(): void {
    this.#stopped.abort();
  }

  async run(): Promise<ScanEnd> {
    try {
      for (const status of this.plan.statuses) {
        const end = await this.#list(status);
        if (end !== "complete") {
          return end;
        }
      }
      return "complete";
    } catch {
      return this.#stopped.signal.aborted ? "stopped" : "failed";
    }
  }

  async #list(status: ListedStatus): Promise<ScanEnd> {
    const seenTokens = new Set<string>();
    let [tasks, pages] = [0, 0];
    let nextToken: string | undefined;
    for (;;) {
      if (this.#pages >= this.#mostPages) {
        // Whatever was on them, so many pages were not the end.
        this.#context.onListed(status, Math.max(tasks, pages * PAGE_SIZE), false);
        return "stopped";
      }
      const page = await this.#page(status, nextToken);
      if (page === undefined) {
        return "refused";
      }
      this.#pages++;
      pages++;
      tasks += page.tasks.length;
      nextToken = page.nextToken;
      if (nextToken === undefined || nextToken === "") {
        this.#context.onListed(status, tasks, true);
        return "complete";
      }
      if (seenTokens.has(nextToken)) {
        // Going round in circles shows nothing new.
        this.#context.onListed(status, tasks, false);
        return "failed";
      }
      seenTokens.add(nextToken);
    }
  }

  /** One page, sent again when that can help; undefined when the service refuses listings. */
  async #page(status: ListedStatus, nextToken: string | undefined): Promise<TaskPage | undefined> {
    const { nowMs, acquirePermit, onAnswer, onTasks } = this.#context;
    const { signal } = this.#stopped;
    let throttles = 0;
    for (let failures = 0; ; ) {
      await acquirePermit(signal);
      const sentMs = nowMs();
      try {
        const page = await this.#call(status, nextToken);
        onAnswer("accepted");
        onTasks(page.tasks, sentMs, nowMs() - sentMs);
        return page;
      } catch (error) {
        signal.throwIfAborted();
        const observed = observeError(error);
        if (observed.kind !== "throttled" && observed.kind !== "transient") {
          onAnswer("accepted");
          this.error = observed.error;
          return undefined;
        }
        if (observed.kind === "throttled" && ++throttles <= MAX_THROTTLES) {
          onAnswer("throttled", observed.retryAfterMs);
          continue;
        }
        onAnswer("transient");
        if (++failures > MAX_RETRIES) {
          throw error;
        }
        await sleep(RETRY_MS * failures, signal);
      }
    }
  }

  async #call(taskStatus: ListedStatus, nextToken: string | undefined): Promise<TaskPage> {
    const { source, callTimeoutMs } = this.#context;
    const query = {
      ...(taskStatus === undefined ? {} : { taskStatus }),
      ...(nextToken === undefined ? {} : { nextToken }),
      maxResults: PAGE_SIZE,
    };
    const onTimeout = (): Error => new UnreachableError(`list: no answer within ${callTimeoutMs} ms`);
    const page = await timedCall(async (own) => source.list?.(query, { signal: own }), {
      timeoutMs: callTimeoutMs,
      signal: this.#stopped.signal,
      onTimeout,
    }).promise;
    if (!Array.isArray(page?.tasks)) {
      throw new ProtocolError("list: the page has no tasks");
    }
    return page;
  }
}
