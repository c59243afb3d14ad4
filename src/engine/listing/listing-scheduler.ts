import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { maxIdsOf } from "../../policy/observe/observe-many.ts";
import { printable } from "../../task/printable.ts";
import type { TaskSource } from "../../task/source.ts";
import { isFinalStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import type { RateLimits } from "../rate/rate-limits.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import { type Fleet, fleetTotals, valueReaches } from "./fleet-totals.ts";
import { ListingCoverage } from "./listing-coverage.ts";
import {
  type BatchOption,
  type ListedStatus,
  minScanValue,
  planScan,
  scansCostLess,
} from "./listing-plan.ts";
import { ListingScan, type ScanEnd } from "./listing-scan.ts";
import { ListingSizes } from "./listing-sizes.ts";
import { presumeEnded } from "./presume-ended.ts";
import { readScan, type ShownTask } from "./read-scan.ts";
import { ScanPacing } from "./scan-pacing.ts";

/** What a listing scheduler is made of. */
export interface ListingOptions {
  readonly source: TaskSource;
  readonly batch: BatchOption;
  /** The longest that a page may take, in milliseconds. */
  readonly callTimeoutMs: number;
}

/** What the end of a scan means. */
export interface ScanResult {
  /** Tasks that it should have shown and did not: they have probably ended, and want a poll. */
  readonly presumedEnded: readonly TrackedTask[];
  /** That the service refuses listings, in words; only the first time. */
  readonly refusal: string | undefined;
}

/** The fleet at which totals are added up less often. */
const LARGE_FLEET = 20_000;
const MIN_GAP_MS = 100;
const MIN_GAP_LARGE_MS = 1000;
const MAX_AHEAD_MS = 60_000;
/** After this long what waits for another scan is considered again, in case that takes too long. */
export const RECHECK_MS = 1000;
const WHOLE_SECOND_MS = 1000;

/**
 * Decides when a listing scan pays off, and what the end of one means. Who starts it reads its pages. Without a
 * `list` of the source it does nothing.
 */
export class ListingScheduler {
  readonly coverage: ListingCoverage = new ListingCoverage();
  readonly #options: ListingOptions;
  readonly #clock: MonotonicClock;
  readonly #limits: RateLimits<TrackedTask>;
  readonly #fleet: Fleet;
  readonly #sizes = new ListingSizes();
  readonly #pacing = new ScanPacing();
  readonly #maxIds: number;
  #isOff: boolean;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #doubted: TrackedTask | undefined;
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(options: ListingOptions, clock: MonotonicClock, limits: RateLimits<TrackedTask>, fleet: Fleet) {
    this.#options = options;
    this.#clock = clock;
    this.#limits = limits;
    this.#fleet = fleet;
    this.#maxIds = maxIdsOf(options.source);
    this.#isOff = options.batch === "never" || options.source.list === undefined;
  }

  /** Listings are not wanted, not there, or refused. */
  get isOff(): boolean {
    return this.#isOff;
  }

  /** When to call {@link maybeStartScan} next; infinite when that can't be told. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** There may be more to gain than was foreseen. */
  checkSoon(): void {
    if (!this.#isOff) {
      this.#nextMs = Math.min(this.#nextMs, this.#checkedMs + this.#minGapMs());
    }
  }

  /** Ends all scans: no task is left. */
  stop(): void {
    this.#nextMs = Number.POSITIVE_INFINITY;
    for (const scan of this.coverage.running) {
      scan.stop();
    }
  }

  /**
   * A task was seen: one that has ended tells how far listings lag.
   *
   * @param clockOffsetMs - How far the service's clock is ahead; unknown, its times tell nothing of a lag.
   */
  seen(tracked: TrackedTask, after: Task, clockOffsetMs: number | undefined): void {
    if (!isFinalStatus(after.taskStatus)) {
      return;
    }
    const nowMs = this.#clock.nowMs();
    const { completeTime } = after;
    const claimedMs =
      completeTime === undefined || clockOffsetMs === undefined
        ? nowMs
        : 1000 * completeTime + WHOLE_SECOND_MS - clockOffsetMs;
    this.coverage.lag.ended(
      after.taskId,
      Math.min(nowMs, Math.max(tracked.polledMs, claimedMs)),
      tracked.listedMs,
      nowMs,
    );
  }

  /** A task of which only listings tell, and that wants a poll to compare with; told once. */
  takeDoubted(): TrackedTask | undefined {
    const doubted = this.#doubted;
    this.#doubted = undefined;
    return doubted;
  }

  /** A scan that pays off now, if there is one; {@link read} reads it. */
  maybeStartScan(): ListingScan | undefined {
    const { batch, source, callTimeoutMs } = this.#options;
    const { size } = this.#fleet.tasks;
    const { ratePerSecond } = this.#limits.list;
    const nowMs = this.#clock.nowMs();
    this.#nextMs = Number.POSITIVE_INFINITY;
    if (this.#isOff || size === 0 || (size === 1 && batch !== "always")) {
      return undefined;
    }
    if (nowMs < this.#pacing.retreatUntilMs) {
      this.#nextMs = this.#pacing.retreatUntilMs;
      return undefined;
    }
    const running = this.coverage.running.size;
    if (running >= this.#pacing.maxAtOnce(ratePerSecond)) {
      return undefined;
    }
    this.#checkedMs = nowMs;
    const sums = fleetTotals(this.#fleet, this.coverage, nowMs, this.#maxIds);
    const totals = { ...sums, isBacklogged: this.#limits.describe.isBacklogged(sums.idsPerCall) };
    if (this.coverage.lag.wantsPoll(totals.endsPerSecond, nowMs)) {
      this.#doubted = this.#mostDoubtful(nowMs);
    }
    const pagesOf = (status: ListedStatus): number => this.#sizes.pagesOf(status, size, nowMs);
    const knownPagesOf: typeof pagesOf = (status) => this.#sizes.knownPagesOf(status, size, nowMs);
    const plan = planScan(totals, pagesOf, batch, scansCostLess(totals, pagesOf, knownPagesOf));
    if (plan === undefined) {
      this.#nextMs = this.#whenScanPaysMs(nowMs, minScanValue(totals, pagesOf));
      return undefined;
    }
    const spreadUntilMs = this.#pacing.spreadUntilMs(plan, ratePerSecond);
    if (running > 0 && nowMs < spreadUntilMs) {
      this.#nextMs = Math.min(spreadUntilMs, nowMs + RECHECK_MS);
      return undefined;
    }
    this.#pacing.began(plan, nowMs);
    this.#nextMs = nowMs + this.#minGapMs();
    const [clock, limits, sizes] = [this.#clock, this.#limits, this.#sizes];
    const scan = new ListingScan(plan, totals.price, { source, clock, limits, sizes, callTimeoutMs });
    this.coverage.began(scan);
    return scan;
  }

  /** Reads a scan: what its pages tell, page by page; at last, what its end means. */
  async *read(scan: ListingScan): AsyncGenerator<readonly ShownTask[], ScanResult, undefined> {
    const { end, shown } = yield* readScan(scan, this.#fleet, this.coverage, this.#clock);
    return this.#finish(scan, end, shown);
  }

  #finish(scan: ListingScan, end: ScanEnd, shown: ReadonlySet<string>): ScanResult {
    const wasOff = this.#isOff;
    this.coverage.finished(scan);
    if (end.kind === "failed") {
      this.#pacing.failed(this.#clock.nowMs());
    } else if (end.kind === "complete") {
      this.#pacing.completed();
    } else if (end.kind === "refused") {
      this.#isOff = true;
    }
    if (this.#fleet.tasks.size > 0) {
      this.checkSoon();
    }
    return {
      presumedEnded:
        end.kind === "complete"
          ? presumeEnded(scan, shown, this.#fleet, this.coverage, this.#clock.nowMs())
          : [],
      refusal: end.kind === "refused" && !wasOff ? describeRefusal(end.error) : undefined,
    };
  }

  #minGapMs(): number {
    return this.#fleet.tasks.size > LARGE_FLEET ? MIN_GAP_LARGE_MS : MIN_GAP_MS;
  }

  /** When the value of all polls together will be this high, estimated from below, and not beyond {@link MAX_AHEAD_MS}. */
  #whenScanPaysMs(nowMs: number, value: number): number {
    let aheadMs = this.#minGapMs();
    while (aheadMs < MAX_AHEAD_MS && !valueReaches(value, this.#fleet, this.coverage, nowMs + 2 * aheadMs)) {
      aheadMs *= 2;
    }
    return nowMs + aheadMs;
  }

  /** The task whose own last poll is the most of its gaps ago. */
  #mostDoubtful(nowMs: number): TrackedTask | undefined {
    let most: TrackedTask | undefined;
    let mostGaps = 0;
    for (const tracked of this.#fleet.tasks.values()) {
      const gaps = (nowMs - tracked.polledMs) / tracked.value.gapMs;
      if (tracked.listedMs > tracked.polledMs && gaps > mostGaps && !this.#fleet.inFlight.has(tracked)) {
        [most, mostGaps] = [tracked, gaps];
      }
    }
    return most;
  }
}

function describeRefusal({ message }: Error): string {
  return `list: the service refuses to list tasks, so each is polled by itself: ${printable(message, 300)}`;
}
