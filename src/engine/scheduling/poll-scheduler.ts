import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { RearmableTimer } from "../../async/rearmable-timer.ts";
import type { TaskHistory } from "../../policy/forecast/history.ts";
import { clockOffsetMsOf } from "../../task/source.ts";
import type { ListingScan } from "../listing/listing-scan.ts";
import { type ListingOptions, ListingScheduler } from "../listing/listing-scheduler.ts";
import { IndexedHeap } from "../rate/indexed-heap.ts";
import { RateLimits, type RateLimitsOptions } from "../rate/rate-limits.ts";
import { applyObservation } from "../tasks/apply-observation.ts";
import { Poll, type PollResult } from "../tasks/poll.ts";
import { TrackedTask } from "../tasks/tracked-task.ts";
import type { WaitCore } from "../wait/wait-core.ts";
import { Deadlines } from "./deadlines.ts";
import { deferredUntilMs, pollPriority } from "./poll-priority.ts";

/** What a poll scheduler is made of. */
export interface PollSchedulerOptions
  extends ListingOptions,
    Pick<RateLimitsOptions<unknown>, "rate" | "onAnswer" | "maxPauseMs"> {
  readonly random: () => number;
  readonly history: TaskHistory;
  /** Is told how late each end of a task was noticed, in milliseconds. */
  readonly onEndNoticed: (lagMs: number) => void;
}

/**
 * Drives any number of waits with one timer: sleeps until the next poll or deadline is due, queues due polls for permits,
 * and hands what they gave to every wait on the task. A task is asleep, queued or in flight; which, says the collection
 * that it is in. A task that nothing waits for any more leaves nothing behind (W1).
 */
export class PollScheduler {
  /** Every call of the waiter takes its permit here. */
  readonly limits: RateLimits<TrackedTask>;
  readonly #options: PollSchedulerOptions;
  readonly #clock: MonotonicClock;
  readonly #timer: RearmableTimer;
  readonly #listings: ListingScheduler;
  readonly #tasks = new Map<string, TrackedTask>();
  readonly #asleep = new IndexedHeap<TrackedTask>();
  readonly #inFlight = new Map<TrackedTask, Poll>();
  readonly #deadlines = new Deadlines();
  #history: TaskHistory;
  #isFiring = false;

  constructor(options: PollSchedulerOptions, clock: MonotonicClock) {
    this.#options = options;
    this.#clock = clock;
    this.#history = options.history;
    this.#timer = new RearmableTimer(clock, () => this.#fire());
    this.limits = new RateLimits(clock, {
      ...options,
      priority: (tracked, nowMs) => pollPriority(tracked, this.#listings.coverage, nowMs),
      grant: (tracked) => void this.#poll(tracked),
    });
    const fleet = { tasks: this.#tasks, inFlight: this.#inFlight };
    this.#listings = new ListingScheduler(options, clock, this.limits, fleet);
  }

  get taskCount(): number {
    return this.#tasks.size;
  }

  /** What the tasks that ended have taught. */
  get history(): TaskHistory {
    return this.#history;
  }

  add(core: WaitCore): void {
    const { taskId } = core.state;
    const nowMs = this.#clock.nowMs();
    const tracked = this.#tasks.get(taskId) ?? new TrackedTask(core, nowMs);
    this.#tasks.set(taskId, tracked);
    tracked.join(core);
    this.#deadlines.add(core, nowMs);
    this.#schedule(tracked);
    this.#listings.checkSoon();
    this.#setTimer();
  }

  /** The task may have ended: its next poll is due at once. Returns whether it is tracked. */
  hint(taskId: string): boolean {
    const tracked = this.#tasks.get(taskId);
    if (tracked !== undefined && !tracked.isHinted) {
      tracked.hinted();
      this.#schedule(tracked);
      this.#setTimer();
    }
    return tracked !== undefined;
  }

  remove(core: WaitCore, reason: unknown): void {
    this.#deadlines.remove(core);
    const tracked = this.#tasks.get(core.state.taskId);
    if (tracked?.leave(core) && tracked.isUnwanted) {
      this.#drop(tracked, reason);
    }
    this.#setTimer();
  }

  /** W1, W2: what was under way for the task ends in this turn. */
  #drop(tracked: TrackedTask, reason: unknown): void {
    this.#tasks.delete(tracked.taskId);
    this.#asleep.remove(tracked.entry);
    this.limits.describe.remove(tracked.entry);
    this.#inFlight.get(tracked)?.cancel(reason);
    if (this.#tasks.size === 0) {
      this.#listings.stop();
    }
  }

  /** Puts a task where it belongs: asleep until it is due, or in the queue for a permit. W4: in flight it stays. */
  #schedule(tracked: TrackedTask): void {
    if (this.#inFlight.has(tracked)) {
      return;
    }
    if (tracked.dueMs > this.#clock.nowMs() && !tracked.isDoubted) {
      this.#sleepUntil(tracked, tracked.dueMs);
    } else {
      this.#queue(tracked);
    }
  }

  #sleepUntil(tracked: TrackedTask, atMs: number): void {
    this.limits.describe.remove(tracked.entry);
    this.#asleep.put(tracked.entry, atMs);
  }

  /** Queues a poll that is due, unless a listing scan makes it needless for now. */
  #queue(tracked: TrackedTask): void {
    const untilMs = deferredUntilMs(tracked, this.#listings.coverage, this.#clock.nowMs());
    if (untilMs !== undefined) {
      this.#sleepUntil(tracked, untilMs);
    } else if (!this.limits.describe.has(tracked.entry)) {
      this.#asleep.remove(tracked.entry);
      this.limits.describe.add(tracked.entry);
    }
  }

  #setTimer(): void {
    if (!this.#isFiring) {
      const atMs = Math.min(this.#asleep.firstRank, this.#deadlines.firstMs, this.#listings.nextMs);
      this.#timer.set(atMs === Number.POSITIVE_INFINITY ? undefined : atMs);
    }
  }

  #fire(): void {
    this.#isFiring = true;
    try {
      this.#serve(this.#clock.nowMs());
    } finally {
      // Also after what should not throw: the waits that are left go on.
      this.#isFiring = false;
      this.#setTimer();
    }
  }

  #serve(nowMs: number): void {
    this.#deadlines.fire(nowMs);
    if (this.#asleep.firstRank <= nowMs) {
      this.#listings.checkSoon();
    }
    if (this.#listings.nextMs <= nowMs) {
      const scan = this.#listings.maybeStartScan();
      if (scan !== undefined) {
        void this.#read(scan);
      }
    }
    const doubted = this.#listings.takeDoubted();
    if (doubted !== undefined) {
      doubted.doubt();
      this.#queue(doubted);
    }
    for (let next = this.#asleep.peek(); next && next.rank <= nowMs; next = this.#asleep.peek()) {
      this.#queue(next.item);
    }
  }

  async #poll(tracked: TrackedTask): Promise<void> {
    const poll = new Poll(tracked.taskId, {
      source: this.#options.source,
      clock: this.#clock,
      limit: this.limits.describe,
      callTimeoutMs: tracked.callTimeoutMs,
      onRetry: (retried) => tracked.retried(retried),
    });
    this.#inFlight.set(tracked, poll);
    tracked.polling();
    const result = await poll.run();
    this.#inFlight.delete(tracked);
    tracked.polled(result, this.#clock.nowMs());
    this.#take(tracked, result, 0);
  }

  async #read(scan: ListingScan): Promise<void> {
    for (const tracked of this.#tasks.values()) {
      if (this.limits.describe.has(tracked.entry)) {
        this.#queue(tracked);
      }
    }
    const pages = this.#listings.read(scan);
    let next = await pages.next();
    for (; !next.done; next = await pages.next()) {
      for (const shown of next.value) {
        this.#take(shown.tracked, shown.result, shown.ageMs);
      }
    }
    const { presumedEnded, refusal } = next.value;
    if (refusal !== undefined) {
      this.#tasks.values().next().value?.warn("LISTING_REFUSED", refusal);
    }
    for (const tracked of presumedEnded) {
      this.#schedule(tracked);
    }
    if (this.#tasks.size > 0) {
      this.#fire();
    }
  }

  /** @param ageMs - How long ago the task was as it was seen. */
  #take(tracked: TrackedTask, result: PollResult, ageMs: number): void {
    const { source, random, onEndNoticed } = this.#options;
    // Waits count by the monotonic clock; a source knows the wall clock only.
    const offsetMs = clockOffsetMsOf(source);
    const clockOffsetMs = offsetMs === undefined ? undefined : offsetMs + this.#clock.wallAheadMs;
    const { before, after, history, lagMs } = applyObservation(tracked, result, {
      nowMs: this.#clock.nowMs() - ageMs,
      random,
      ratePerSecond: this.limits.describe.ratePerSecond,
      history: this.#history,
      ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
    });
    this.#history = history;
    if (after !== undefined) {
      this.#listings.seen(tracked, before, after, clockOffsetMs);
    }
    if (lagMs !== undefined) {
      onEndNoticed(lagMs);
    }
    if (!tracked.isUnwanted) {
      this.#schedule(tracked);
      this.#setTimer();
    }
  }
}
