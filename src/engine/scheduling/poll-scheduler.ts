import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { RearmableTimer } from "../../async/rearmable-timer.ts";
import { rememberEarlierRuns } from "../../policy/decide/earlier-runs.ts";
import type { TaskHistory } from "../../policy/forecast/history.ts";
import { clockOffsetMsOf, type SourceLimits } from "../../task/source.ts";
import { EndedPages } from "../listing/ended-pages.ts";
import type { ListingScan } from "../listing/listing-scan.ts";
import { type ListingOptions, ListingScheduler } from "../listing/listing-scheduler.ts";
import { RateLimits, type RateLimitsOptions } from "../rate/rate-limits.ts";
import { type ApplyContext, applyHistory, applyObservation } from "../tasks/apply-observation.ts";
import type { PollResult } from "../tasks/poll.ts";
import { PollRunner } from "../tasks/poll-runner.ts";
import { TrackedTask } from "../tasks/tracked-task.ts";
import type { WaitCore } from "../wait/wait-core.ts";
import { Deadlines } from "./deadlines.ts";
import { DuePolls } from "./due-polls.ts";
import { pollPriority } from "./poll-priority.ts";

/** What a poll scheduler is made of. */
export interface PollSchedulerOptions
  extends ListingOptions,
    Pick<RateLimitsOptions<unknown>, "rate" | "onAnswer" | "maxPauseMs"> {
  readonly random: () => number;
  readonly history: TaskHistory;
  readonly limits: SourceLimits;
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
  readonly endedPages: EndedPages;
  readonly #tasks = new Map<string, TrackedTask>();
  readonly #due: DuePolls;
  readonly #polls: PollRunner;
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
      quota: options.limits,
      priority: (tracked, nowMs) => pollPriority(tracked, this.#listings.coverage, nowMs),
      grant: (tracked) => void this.#poll(tracked),
    });
    this.#polls = new PollRunner(options.source, clock, this.limits.describe);
    const fleet = { tasks: this.#tasks, inFlight: this.#polls.inFlight };
    this.#listings = new ListingScheduler(options, clock, this.limits, fleet);
    this.endedPages = new EndedPages(options, clock, this.limits);
    this.#due = new DuePolls(options, clock, this.limits.describe, this.#listings.coverage);
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

  hold(core: WaitCore): void {
    this.remove(core, undefined);
    this.#deadlines.add(core, this.#clock.nowMs());
    this.#setTimer();
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
    this.#due.remove(tracked);
    this.#polls.leave(tracked, reason);
    if (this.#tasks.size === 0) {
      this.#listings.stop();
      this.endedPages.stop();
    }
  }

  /** W4: a task that is in flight stays there. */
  #schedule(tracked: TrackedTask): void {
    if (!this.#polls.inFlight.has(tracked)) {
      this.#due.schedule(tracked, this.#tasks.size);
    }
  }

  #setTimer(): void {
    if (!this.#isFiring) {
      const atMs = Math.min(this.#due.nextMs, this.#deadlines.firstMs, this.#listings.nextMs);
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
    if (this.#due.nextMs <= nowMs) {
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
      this.#schedule(doubted);
    }
    this.#due.queueDue(nowMs);
  }

  /** Polls the task that got a permit, and those that share its call. */
  async #poll(first: TrackedTask): Promise<void> {
    const riders = this.#due.takeRiders(first);
    const { results, hasToSplit } = await this.#polls.run(riders);
    for (const [tracked, result] of results) {
      this.#polls.ended(tracked);
      if (hasToSplit) {
        this.#reschedule(tracked);
      } else {
        this.#due.polled(tracked, result);
        this.#take(tracked, result, 0);
      }
    }
  }

  async #read(scan: ListingScan): Promise<void> {
    this.#due.deferQueued(this.#tasks.values());
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
    const context = this.#context(ageMs);
    const { after, history, lagMs } = applyObservation(tracked, result, context);
    this.#history = history;
    if (after !== undefined) {
      this.#listings.seen(tracked, after, context.clockOffsetMs);
    }
    if (lagMs !== undefined) {
      this.#options.onEndNoticed(lagMs);
    }
    this.#reschedule(tracked);
    if (!this.#listings.isOff && this.endedPages.isWanted(tracked, history, context.clockOffsetMs)) {
      void this.#learnEarlierRuns(tracked.task?.taskType);
    }
  }

  #context(ageMs: number): ApplyContext {
    // Waits count by the monotonic clock; a source knows the wall clock only.
    const offsetMs = clockOffsetMsOf(this.#options.source);
    return {
      nowMs: this.#clock.nowMs() - ageMs,
      random: this.#options.random,
      ratePerSecond: this.limits.describe.ratePerSecond,
      history: this.#history,
      clockOffsetMs: offsetMs === undefined ? undefined : offsetMs + this.#clock.wallAheadMs,
    };
  }

  /** How long earlier tasks of the type ran says when those that are waited for are due. */
  async #learnEarlierRuns(taskType: string | undefined): Promise<void> {
    const listed = await this.endedPages.read(taskType);
    this.#history = rememberEarlierRuns(this.#history, listed, taskType);
    for (const tracked of applyHistory(this.#tasks.values(), taskType, this.#context(0))) {
      this.#reschedule(tracked);
    }
  }

  #reschedule(tracked: TrackedTask): void {
    if (!tracked.isUnwanted) {
      this.#schedule(tracked);
      this.#setTimer();
    }
  }
}
