import { certainPollValue, firstPollValue, type PollValueCurve } from "../../policy/forecast/poll-value.ts";
import { lastPollLeadMs } from "../../policy/state/delay-limits.ts";
import type { Task } from "../../task/task.ts";
import type { Claim } from "../rate/permit-queue.ts";
import type { WaitCore } from "../wait/wait-core.ts";
import type { Poll } from "./poll-handle.ts";

// Of the gap between two looks.
const GLANCE = 0.1;

/** What a watch asks of the loop that keeps it. */
export interface WatchKeeper {
  worthOf(watch: TrackedTask, nowMs: number): number;
  granted(watch: TrackedTask): void;
}

/**
 * One task that is watched, for however many waits: a poll of it serves them all. It is due when the first of
 * them wants a look, and in exactly one phase: asleep in the heap, claiming a permit, or calling.
 */
export class TrackedTask implements Claim {
  readonly taskId: string;
  readonly addedMs: number;
  readonly #keeper: WatchKeeper;
  /** When the first of the waits wants a look; while asleep also its rank. */
  dueMs: number = Number.POSITIVE_INFINITY;
  rank = 0;
  heapIndex = -1;
  ticket = -1;
  phase: "asleep" | "claiming" | "calling" = "asleep";
  /** Under way; abandoned when nobody wants its answer any more. */
  poll: Poll | undefined;
  /** What a look is worth, over time. */
  worth: PollValueCurve;
  /** A page has shown it running then, too soon after the last look to think anew about it. */
  ranAtMs: number = Number.NEGATIVE_INFINITY;
  /** A look has shown it. */
  isSeen = false;
  /** It was missing from the listings of active tasks: it has probably ended. */
  isPresumedEnded = false;
  /** It was missing from a listing that should have shown it: listings don't help. */
  isMissingFromListings = false;
  // Nearly always there is one wait, and a set for one would cost more than the rest of the watch.
  #first: WaitCore | undefined;
  #others: Set<WaitCore> | undefined;
  // Found when it is asked for: all who wait for a task leave at once, and none of them asks.
  #lastChanceMs: number | undefined;

  constructor(taskId: string, core: WaitCore, nowMs: number, keeper: WatchKeeper) {
    this.taskId = taskId;
    this.addedMs = nowMs;
    this.#keeper = keeper;
    const { nextPollAtMs } = core.state;
    this.worth = firstPollValue(nowMs, Math.max(nowMs, nextPollAtMs), core.options.waitPriceMs / 1000);
  }

  get waits(): readonly WaitCore[] {
    const first = this.#first === undefined ? [] : [this.#first];
    return this.#others === undefined ? first : [...first, ...this.#others];
  }

  /** The wait that came first of those that are left. */
  get lead(): WaitCore | undefined {
    return this.#first;
  }

  /** Whether the listings of active tasks should show it, as far as known. */
  get isListedActive(): boolean {
    const status = this.#first?.state.task?.taskStatus;
    return status === undefined || status === "CREATED" || status === "RUNNING";
  }

  get isUnwanted(): boolean {
    return this.#first === undefined;
  }

  join(core: WaitCore): void {
    if (this.#first === undefined) {
      this.#first = core;
    } else {
      this.#others ??= new Set();
      this.#others.add(core);
    }
  }

  /** @returns Whether the wait had joined. */
  leave(core: WaitCore): boolean {
    this.#lastChanceMs = undefined;
    if (core !== this.#first) {
      return this.#others?.delete(core) ?? false;
    }
    const [next] = this.#others ?? [];
    this.#first = next;
    if (next !== undefined) {
      this.#others?.delete(next);
    }
    return true;
  }

  /** Sets {@link dueMs} by what the waits want now. */
  update(): void {
    this.dueMs = this.#least(({ state }) => state.nextPollAtMs);
    this.#lastChanceMs = undefined;
  }

  /** The last moment for a look that is answered before the first of the waits' deadlines. */
  get lastChanceMs(): number {
    this.#lastChanceMs ??= this.#least(
      ({ state, options }) => state.deadlineMs - lastPollLeadMs(state, options),
    );
    return this.#lastChanceMs;
  }

  /** A look has shown the task; the most eager of the waits says what the next is worth. */
  seen(worth: PollValueCurve | undefined): void {
    this.isSeen = true;
    this.isPresumedEnded = false;
    this.worth = worth ?? this.worth;
  }

  /** Whether a page that shows the task as it was is only a glance: so soon after the last look little is new. */
  isGlance(task: Task, nowMs: number): boolean {
    return (
      this.phase === "asleep" &&
      this.isSeen &&
      !this.isPresumedEnded &&
      nowMs - this.worth.fromMs < GLANCE * this.worth.gapMs &&
      this.waits.every(({ state }) => state.task?.taskStatus === task.taskStatus)
    );
  }

  /** It has probably ended, at some moment between the last look and `nowMs`. */
  gone(nowMs: number): void {
    this.isPresumedEnded = true;
    this.worth = certainPollValue((this.worth.fromMs + nowMs) / 2, this.worth.price);
  }

  /** The longest that any of the waits lets a call take; each has its own deadline besides. */
  callTimeoutMs(): number {
    return -this.#least(({ options }) => -options.pollTimeoutMs);
  }

  /** Not over {@link waits}: that is an array, and this is asked at every look. */
  #least(measure: (core: WaitCore) => number): number {
    let least = this.#first === undefined ? Number.POSITIVE_INFINITY : measure(this.#first);
    if (this.#others !== undefined) {
      for (const core of this.#others) {
        least = Math.min(least, measure(core));
      }
    }
    return least;
  }

  worthNow(nowMs: number): number {
    return this.#keeper.worthOf(this, nowMs);
  }

  granted(): void {
    this.#keeper.granted(this);
  }
}
