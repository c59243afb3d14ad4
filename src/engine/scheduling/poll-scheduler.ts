import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { RearmableTimer } from "../../async/rearmable-timer.ts";
import { decideTimeout } from "../../policy/decide/decide.ts";
import type { TaskHistory } from "../../policy/forecast/history.ts";
import { isFinalStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import { listingRefused } from "../listing/listing-refused.ts";
import { ListingScheduler } from "../listing/listing-scheduler.ts";
import { IndexedHeap } from "../rate/indexed-heap.ts";
import type { RateLimits } from "../rate/rate-limits.ts";
import { WatchJudge } from "../tasks/apply-observation.ts";
import type { DetectionLagEstimate, DetectionLagSample } from "../tasks/detection-lag.ts";
import { type Look, type LookContext, look } from "../tasks/poll.ts";
import { Poll } from "../tasks/poll-handle.ts";
import { TrackedTask, type WatchKeeper } from "../tasks/tracked-task.ts";
import type { WaitCore } from "../wait/wait-core.ts";
import type { ResolvedWaiterOptions } from "../waiter-options.ts";
import { putOffUntilMs, requestValue } from "./poll-priority.ts";

/**
 * Drives any number of waits with one timer: sleeps until the next look or deadline is due, claims permits for
 * the looks, and hands what they gave to every wait on that task. A task that is being asked about is not asked
 * about twice; a deadline settles its wait whatever else is under way; where listings are worth it, their pages are
 * looks, too; a task that nobody waits for any more leaves nothing behind.
 */
export class PollScheduler implements WatchKeeper {
  readonly #clock: MonotonicClock;
  readonly #budget: RateLimits;
  readonly #looking: LookContext;
  readonly #judge: WatchJudge;
  readonly #sweeper: ListingScheduler;
  readonly #alarm: RearmableTimer;
  readonly #watches = new Map<string, TrackedTask>();
  readonly #asleep = new IndexedHeap<TrackedTask>();
  readonly #deadlines = new IndexedHeap<WaitCore>();
  #isFiring = false;

  constructor(
    { source, random, batch, history, defaults }: ResolvedWaiterOptions,
    clock: MonotonicClock,
    budget: RateLimits,
    lateness: DetectionLagSample,
  ) {
    this.#clock = clock;
    this.#judge = new WatchJudge(source, clock, random, budget, history, lateness);
    this.#budget = budget;
    this.#alarm = new RearmableTimer(clock, () => this.#ring());
    this.#looking = {
      source,
      nowMs: () => clock.nowMs(),
      acquirePermit: (signal) => budget.describe.acquire(signal),
      onAnswer: ({ isAbandoned }, observation) => budget.describe.observed(observation, isAbandoned),
      onResend: ({ taskId }, resending) => this.#judge.resend(this.#watches.get(taskId), resending),
    };
    this.#sweeper = new ListingScheduler(source, batch, defaults.pollTimeoutMs, {
      watches: this.#watches,
      nowMs: () => clock.nowMs(),
      ratePerSecond: () => budget.list.ratePerSecond,
      isCrowded: () => budget.describe.isCrowded,
      acquirePermit: (signal) => budget.list.acquire(signal),
      onAnswer: (answer, retryAfterMs) => budget.listed(answer, retryAfterMs),
      onShown: (watch, task, sentMs, callMs) => this.#show(watch, task, sentMs, callMs),
      onBegun: () => this.#putOffClaims(),
      onEnded: () => this.#ring(),
      onMissing: (watch) => this.#schedule(watch),
      onRefused: (error) => this.#warn(error),
    });
  }

  /** Tasks that are watched. */
  get taskCount(): number {
    return this.#watches.size;
  }

  /** What the tasks that ended have taught. */
  get history(): TaskHistory {
    return this.#judge.history;
  }

  /** How late the ends of tasks were noticed. */
  get lateness(): DetectionLagEstimate | undefined {
    return this.#judge.lateness.estimate();
  }

  add(core: WaitCore): void {
    const { taskId } = core.state;
    const nowMs = this.#clock.nowMs();
    const watch = this.#watches.get(taskId) ?? new TrackedTask(taskId, core, nowMs, this);
    this.#watches.set(taskId, watch);
    watch.join(core);
    // A deadline that is past from the start means "look once"; that look has its time.
    core.rank = Math.max(
      core.state.deadlineMs,
      core.state.deadlineMs <= nowMs ? nowMs + core.options.pollTimeoutMs : 0,
    );
    this.#deadlines.put(core);
    this.#schedule(watch);
    this.#sweeper.checkSoon();
    this.#setTimer();
  }

  remove(core: WaitCore, reason: unknown): void {
    this.#deadlines.remove(core);
    const watch = this.#watches.get(core.state.taskId);
    if (watch?.leave(core) && watch.isUnwanted) {
      this.#drop(watch, reason);
    }
    this.#setTimer();
  }

  worthOf(watch: TrackedTask, nowMs: number): number {
    return requestValue(watch, this.#sweeper.cover, nowMs);
  }

  granted(watch: TrackedTask): void {
    void this.#poll(watch);
  }

  #drop(watch: TrackedTask, reason: unknown): void {
    this.#watches.delete(watch.taskId);
    this.#withdraw(watch);
    watch.poll?.abandon(reason);
    if (this.#watches.size === 0) {
      this.#sweeper.stop();
    }
  }

  #withdraw(watch: TrackedTask): void {
    if (watch.phase === "claiming") {
      this.#budget.describe.remove(watch);
    } else {
      this.#asleep.remove(watch);
    }
  }

  /** Puts a watch where it belongs: asleep until it is due, or among those that claim a permit. */
  #schedule(watch: TrackedTask): void {
    if (watch.phase === "calling") {
      return;
    }
    watch.update();
    if (watch.dueMs > this.#clock.nowMs()) {
      this.#sleepUntil(watch, watch.dueMs);
    } else {
      this.#claim(watch);
    }
  }

  #sleepUntil(watch: TrackedTask, atMs: number): void {
    if (watch.phase === "claiming") {
      this.#budget.describe.remove(watch);
    }
    watch.phase = "asleep";
    watch.rank = atMs;
    this.#asleep.put(watch);
  }

  /** Claims a permit, unless a sweep makes the look needless for now. */
  #claim(watch: TrackedTask): void {
    const untilMs = putOffUntilMs(watch, this.#sweeper.cover, this.#clock.nowMs());
    if (untilMs !== undefined) {
      this.#sleepUntil(watch, untilMs);
    } else if (watch.phase === "asleep") {
      this.#asleep.remove(watch);
      watch.phase = "claiming";
      this.#budget.describe.add(watch);
    }
  }

  #putOffClaims(): void {
    for (const watch of this.#watches.values()) {
      if (watch.phase === "claiming") {
        this.#claim(watch);
      }
    }
  }

  #setTimer(): void {
    if (this.#isFiring) {
      return;
    }
    const atMs = Math.min(
      this.#asleep.peek()?.rank ?? Number.POSITIVE_INFINITY,
      this.#deadlines.peek()?.rank ?? Number.POSITIVE_INFINITY,
      this.#sweeper.nextMs ?? Number.POSITIVE_INFINITY,
    );
    this.#alarm.set(atMs === Number.POSITIVE_INFINITY ? undefined : atMs);
  }

  #ring(): void {
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
    for (let core = this.#deadlines.peek(); core && core.rank <= nowMs; core = this.#deadlines.peek()) {
      this.#deadlines.remove(core);
      core.apply(decideTimeout(core.state, nowMs));
    }
    if ((this.#asleep.peek()?.rank ?? Number.POSITIVE_INFINITY) <= nowMs) {
      this.#sweeper.checkSoon();
    }
    if ((this.#sweeper.nextMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      this.#sweeper.consider();
    }
    for (let watch = this.#asleep.peek(); watch && watch.rank <= nowMs; watch = this.#asleep.peek()) {
      this.#claim(watch);
    }
  }

  async #poll(watch: TrackedTask): Promise<void> {
    const poll = new Poll(watch.taskId, watch.callTimeoutMs());
    watch.phase = "calling";
    watch.poll = poll;
    const seen = await look(poll, this.#looking);
    watch.poll = undefined;
    watch.phase = "asleep";
    this.#take(watch, seen);
  }

  /** A page of a listing shows a task. What was seen since the page was asked for is newer. */
  #show(watch: TrackedTask, task: Task, sentMs: number, callMs: number): void {
    if (watch.isGlance(task, this.#clock.nowMs())) {
      watch.ranAtMs = sentMs;
      return;
    }
    const isOlder = watch.isSeen && !watch.isPresumedEnded && watch.worth.fromMs >= sentMs;
    const look: Look = { observation: { kind: "task", task }, callMs };
    if (isFinalStatus(task.taskStatus) || (watch.phase !== "calling" && !isOlder)) {
      this.#take(watch, look);
    }
  }

  #take(watch: TrackedTask, seen: Look): void {
    if (seen.observation.kind === "task") {
      this.#sweeper.seen(watch, seen.observation.task);
    }
    this.#judge.take(watch, seen);
    if (!watch.isUnwanted) {
      this.#schedule(watch);
      this.#setTimer();
    }
  }

  /** Told once, to one wait: those who listen to the waiter hear it. */
  #warn(error: Error | undefined): void {
    const [watch] = this.#watches.values();
    watch?.lead?.emit([listingRefused(watch.taskId, error)]);
  }
}
