import type { TaskSource } from "../../task/source.ts";
import { isFinalStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import { fleetTotals } from "./fleet-totals.ts";
import { ListingCoverage } from "./listing-coverage.ts";
import { type BatchOption, type ListingPlan, minScanValue, planScan, scansCostLess } from "./listing-plan.ts";
import { ListingScan, type ScanContext, type ScanEnd } from "./listing-scan.ts";
import { ListingSizes } from "./listing-sizes.ts";
import { ScanPacing } from "./scan-pacing.ts";

/** What sweeps need of the loop. */
export interface SweepHost {
  readonly watches: ReadonlyMap<string, TrackedTask>;
  readonly nowMs: () => number;
  /** Calls a second that listings may make. */
  readonly ratePerSecond: () => number;
  /** Single looks that are due have to wait for permits. */
  readonly isCrowded: () => boolean;
  readonly acquirePermit: (signal: AbortSignal) => Promise<void>;
  readonly onAnswer: ScanContext["onAnswer"];
  /** A page shows a watched task; the page was asked for at `sentMs`. */
  readonly onShown: (watch: TrackedTask, task: Task, sentMs: number, callMs: number) => void;
  /** A sweep has begun: single looks may be worth less. */
  readonly onBegun: () => void;
  /** A sweep has ended: there may be more to do, or a task to confirm. */
  readonly onEnded: () => void;
  /** A task that should have been listed was not: it has probably ended. */
  readonly onMissing: (watch: TrackedTask) => void;
  /** Listings are refused; told once. */
  readonly onRefused: (error: Error | undefined) => void;
}

const MIN_GAP_MS = 100;
const CROWD_GAP_MS = 1000;
const CROWD = 20_000;
const FURTHEST_MS = 60_000;
const RECHECK_MS = 1000;
const LISTED_AFTER_MS = 1000;

/** Decides when listings are worth it, and makes them. Without a `list` it does nothing. */
export class ListingScheduler {
  readonly cover: ListingCoverage = new ListingCoverage();
  readonly #source: TaskSource;
  readonly #batch: BatchOption;
  readonly #callTimeoutMs: number;
  readonly #host: SweepHost;
  readonly #sizes = new ListingSizes();
  readonly #pace = new ScanPacing();
  #isRefused: boolean;
  #consideredMs = Number.NEGATIVE_INFINITY;
  #nextMs: number | undefined;

  constructor(source: TaskSource, batch: BatchOption, callTimeoutMs: number, host: SweepHost) {
    this.#source = source;
    this.#batch = batch;
    this.#callTimeoutMs = callTimeoutMs;
    this.#host = host;
    this.#isRefused = batch === "never" || source.list === undefined;
  }

  /** When {@link consider} is worth calling again. */
  get nextMs(): number | undefined {
    return this.#nextMs;
  }

  /** There may be more to gain than was foreseen. */
  checkSoon(): void {
    if (!this.#isRefused) {
      const atMs = this.#consideredMs + this.#leastGapMs();
      this.#nextMs = Math.min(this.#nextMs ?? Number.POSITIVE_INFINITY, atMs);
    }
  }

  /** Ends all sweeps: nobody waits any more. */
  stop(): void {
    this.#nextMs = undefined;
    this.cover.servesAll = false;
    for (const sweep of this.cover.running) {
      sweep.stop();
    }
  }

  /** A look shows a watched task: when it has ended, it has moved from one listing to another. */
  seen(watch: TrackedTask, task: Task): void {
    if (isFinalStatus(task.taskStatus)) {
      const before = watch.lead?.state.task?.taskStatus === "CREATED" ? "CREATED" : "RUNNING";
      this.#sizes.moved(before, task.taskStatus);
    }
  }

  /** Begins a sweep if one is worth it. */
  consider(): void {
    const { watches, ratePerSecond, isCrowded } = this.#host;
    const nowMs = this.#host.nowMs();
    this.#nextMs = undefined;
    if (this.#isRefused || watches.size === 0 || (watches.size === 1 && this.#batch !== "always")) {
      this.cover.servesAll = false;
      return;
    }
    if (nowMs < this.#pace.retreatUntilMs) {
      this.#nextMs = this.#pace.retreatUntilMs;
      return;
    }
    const running = this.cover.running.size;
    if (running >= this.#pace.mostAtOnce(ratePerSecond())) {
      return;
    }
    this.#consideredMs = nowMs;
    const stakes = { ...fleetTotals(watches.values(), this.cover, nowMs), isCrowded: isCrowded() };
    const pagesOf: Parameters<typeof planScan>[1] = (status) =>
      this.#sizes.pagesOf(status, watches.size, nowMs);
    const knownPagesOf: typeof pagesOf = (status) => this.#sizes.knownPagesOf(status, watches.size, nowMs);
    this.cover.servesAll = scansCostLess(stakes, pagesOf, knownPagesOf);
    const plan = planScan(stakes, pagesOf, this.#batch, this.cover.servesAll);
    if (plan === undefined) {
      this.#nextMs = this.#worthWhileAtMs(nowMs, minScanValue(stakes, pagesOf));
      return;
    }
    const spreadUntilMs = this.#pace.spreadUntilMs(plan, ratePerSecond());
    if (running > 0 && nowMs < spreadUntilMs) {
      this.#nextMs = Math.min(spreadUntilMs, nowMs + RECHECK_MS);
      return;
    }
    this.#pace.began(plan, nowMs);
    this.#begin(plan, stakes.price);
    this.#nextMs = nowMs + this.#leastGapMs();
  }

  #leastGapMs(): number {
    return this.#host.watches.size > CROWD ? CROWD_GAP_MS : MIN_GAP_MS;
  }

  /** When all looks together will be worth so much, estimated from below; undefined when it is far. */
  #worthWhileAtMs(nowMs: number, worth: number): number {
    const { watches } = this.#host;
    let aheadMs = this.#leastGapMs();
    while (
      aheadMs < FURTHEST_MS &&
      fleetTotals(watches.values(), this.cover, nowMs + 2 * aheadMs).all < worth
    ) {
      aheadMs *= 2;
    }
    return nowMs + aheadMs;
  }

  #begin(plan: ListingPlan, price: number): void {
    const { nowMs, acquirePermit, onAnswer } = this.#host;
    const shown = new Set<string>();
    const sweep = new ListingScan(plan, price, {
      source: this.#source,
      callTimeoutMs: this.#callTimeoutMs,
      nowMs,
      acquirePermit,
      onAnswer,
      onTasks: (tasks, sentMs, callMs) => this.#show(tasks, sentMs, callMs, shown),
      onListed: (status, tasks, isWhole) =>
        isWhole ? this.#sizes.measured(status, tasks, nowMs()) : this.#sizes.exceeds(status, tasks, nowMs()),
    });
    this.cover.began(sweep);
    this.#host.onBegun();
    void sweep.run().then((end) => this.#end(sweep, end, shown));
  }

  #show(tasks: readonly Task[], sentMs: number, callMs: number, shown: Set<string>): void {
    const { watches, onShown } = this.#host;
    for (const task of tasks) {
      const watch = watches.get(task?.taskId);
      // Listed twice, because it moved between pages: the first look was as good.
      if (watch === undefined || (shown.has(task.taskId) && !isFinalStatus(task.taskStatus))) {
        continue;
      }
      shown.add(task.taskId);
      watch.isMissingFromListings = false;
      onShown(watch, task, sentMs, callMs);
    }
  }

  #end(sweep: ListingScan, end: ScanEnd, shown: ReadonlySet<string>): void {
    this.cover.finished(sweep);
    const nowMs = this.#host.nowMs();
    if (end === "complete") {
      this.#pace.completed();
      this.#infer(sweep, shown, nowMs);
    } else if (end === "failed") {
      this.#pace.failed(nowMs);
      this.cover.servesAll = false;
    } else if (end === "refused" && !this.#isRefused) {
      this.#isRefused = true;
      this.cover.servesAll = false;
      this.#host.onRefused(sweep.error);
    }
    if (this.#host.watches.size > 0) {
      this.checkSoon();
      this.#host.onEnded();
    }
  }

  /** What it means that a listing did not show a task: never more than that it is worth a look of its own. */
  #infer({ plan, startedAtMs }: ListingScan, shown: ReadonlySet<string>, nowMs: number): void {
    if (plan.kind === "ended") {
      this.cover.readEnded(startedAtMs);
    }
    for (const watch of this.#host.watches.values()) {
      const isMissing =
        !shown.has(watch.taskId) &&
        Math.max(watch.worth.fromMs, watch.ranAtMs) < startedAtMs &&
        watch.addedMs < startedAtMs - LISTED_AFTER_MS &&
        watch.phase !== "calling";
      if (!isMissing) {
        continue;
      }
      if (plan.kind === "all" || (plan.kind === "ended" && watch.isPresumedEnded)) {
        watch.isMissingFromListings = true;
      } else if (plan.kind === "active" && !watch.isPresumedEnded && watch.isListedActive) {
        watch.gone(nowMs);
        this.#host.onMissing(watch);
      }
    }
  }
}
