import { hintedPollAtMs } from "../../policy/decide/hinted-poll.ts";
import type { ImmediateRetry } from "../../policy/decide/immediate-retry.ts";
import { certainPollValue, firstPollValue, type PollValueCurve } from "../../policy/forecast/poll-value.ts";
import { lastPollLeadMs } from "../../policy/state/delay-limits.ts";
import { isFinalStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import { HeapEntry } from "../rate/indexed-heap.ts";
import type { WaitCore } from "../wait/wait-core.ts";
import type { PollResult } from "./poll.ts";
import { TaskWaits } from "./task-waits.ts";

const NEAR_MS = 1000;
// Of the gap between two polls.
const REDUNDANT_SHARE = 0.1;

/**
 * One task, for however many waits: a poll of it serves them all (W4). Its fields are written here only; where it is
 * (asleep, queued for a permit, in flight) is the scheduler's to know.
 */
export class TrackedTask {
  readonly taskId: string;
  readonly addedMs: number;
  /** Its place among those that sleep or those that want a permit. */
  readonly entry: HeapEntry<TrackedTask> = new HeapEntry<TrackedTask>(this);
  /** The value of a poll, over time. */
  value: PollValueCurve;
  /** As it was last seen. */
  task: Task | undefined;
  /** A page showed it running then, too soon after the last poll to think again about it. */
  ranAtMs: number = Number.NEGATIVE_INFINITY;
  /** When the last page was asked for that showed it running. */
  listedMs: number = Number.NEGATIVE_INFINITY;
  /** When a poll last showed it running; before that, when it was added. */
  polledMs: number;
  /** It wants a poll of its own, whatever listings tell. */
  isDoubted = false;
  /** Somebody said that it may have ended, after its last poll was sent. */
  isHinted = false;
  /** A poll or a page has shown it. */
  isSeen = false;
  /** It was missing from the listings of active tasks: it has probably ended. */
  isPresumedEnded = false;
  /** It was missing from a listing that should have shown it: listings don't help. */
  isMissingFromListings = false;
  /** How many ids a call that asks for it may have: fewer after calls failed that may have stumbled over it. */
  maxIds: number = Number.POSITIVE_INFINITY;
  #sharers = 1;
  readonly #waits = new TaskWaits();
  // Found when it is asked for: the waits for one task often leave at once, and none of them asks.
  #lastChanceMs: number | undefined;

  constructor(core: WaitCore, nowMs: number) {
    const { taskId, task, nextPollAtMs } = core.state;
    this.taskId = taskId;
    this.task = task;
    this.addedMs = nowMs;
    this.polledMs = nowMs;
    this.value = firstPollValue(nowMs, Math.max(nowMs, nextPollAtMs), core.options.waitPriceMs / 1000);
  }

  get waits(): readonly WaitCore[] {
    return this.#waits.all;
  }

  /** Whether the listings of active tasks should show it, as far as known. */
  get isListedActive(): boolean {
    const status = this.task?.taskStatus;
    return status === undefined || status === "CREATED" || status === "RUNNING";
  }

  get isUnwanted(): boolean {
    return this.#waits.isEmpty;
  }

  join(core: WaitCore): void {
    this.#waits.join(core);
    this.#lastChanceMs = undefined;
  }

  /** @returns Whether the wait had joined. */
  leave(core: WaitCore): boolean {
    this.#lastChanceMs = undefined;
    return this.#waits.leave(core);
  }

  /** When the first of the waits wants a poll. */
  get dueMs(): number {
    return this.isHinted
      ? this.#waits.least(({ state, options }) => hintedPollAtMs(state, options))
      : this.#waits.least(({ state }) => state.nextPollAtMs);
  }

  /** The value that its poll must reach: its share of the price of a call. */
  get price(): number {
    return this.value.price / this.#sharers;
  }

  /** When the first of the waits, and the service, let it be polled again. */
  get minDueMs(): number {
    const pollAfterMs = this.task?.pollAfterMs ?? 0;
    return (
      this.polledMs +
      this.#waits.least(({ options: { minIntervalMs, maxIntervalMs } }) =>
        Math.max(minIntervalMs, Math.min(maxIntervalMs, pollAfterMs)),
      )
    );
  }

  /** When it must be polled whatever the value: after the longest interval, or before a deadline (W3). */
  get mustDueMs(): number {
    return Math.min(
      this.lastChanceMs,
      this.polledMs + this.#waits.least(({ options }) => options.maxIntervalMs),
    );
  }

  /** Whether it can be polled before it is due by itself: not while a wait backs off. */
  get canRide(): boolean {
    return this.#waits.least(({ state }) => -state.failuresInARow - state.throttledInARow) === 0;
  }

  /** Its next call is paid for by so many. */
  shareCall(sharers: number): void {
    this.#sharers = sharers;
  }

  /** A call for `ids` tasks was answered, or failed, perhaps because of this one: the next has more ids or fewer. */
  rode(ids: number, hasFailed: boolean): void {
    if (hasFailed) {
      this.maxIds = Math.min(this.maxIds, Math.ceil(ids / 2));
    } else if (this.maxIds < Number.POSITIVE_INFINITY) {
      this.maxIds *= 2;
    }
  }

  /** The last moment for a poll that is answered before the first of the waits' deadlines. */
  get lastChanceMs(): number {
    this.#lastChanceMs ??= this.#waits.least(
      ({ state, options }) => state.deadlineMs - lastPollLeadMs(state, options),
    );
    return this.#lastChanceMs;
  }

  /** Whether a poll that is answered before the first of the waits' deadlines has to go out soon. */
  isNearDeadline(nowMs: number): boolean {
    const fromMs = this.#waits.least(
      ({ state, options }) => state.deadlineMs - 2 * lastPollLeadMs(state, options),
    );
    return nowMs >= fromMs - NEAR_MS;
  }

  /** The longest that any of the waits lets a call take; each has its own deadline besides. */
  get callTimeoutMs(): number {
    return -this.#waits.least(({ options }) => -options.pollTimeoutMs);
  }

  /** A poll or a page has shown the task; the most eager of the waits gives the value of the next poll. */
  seen(task: Task, value: PollValueCurve | undefined): void {
    this.task = task;
    this.isSeen = true;
    this.isPresumedEnded = false;
    this.value = value ?? this.value;
    this.#lastChanceMs = undefined;
  }

  /** The value of its next poll is known better. */
  forecast(value: PollValueCurve): void {
    if (!this.isPresumedEnded) {
      this.value = value;
    }
  }

  /** A call failed and is made again within its poll. */
  retried(retry: ImmediateRetry): void {
    for (const core of this.waits) {
      core.retried(retry);
    }
  }

  /** Told once, to one wait: the waiter's listeners hear it. */
  warn(code: string, message: string): void {
    this.waits[0]?.emit([{ name: "warning", payload: { taskId: this.taskId, code, message } }]);
  }

  /** Whether a page shows nothing new: the task as it was, so soon after the last poll. */
  isRedundant(taskStatus: string, nowMs: number): boolean {
    return (
      this.isSeen &&
      !this.isPresumedEnded &&
      nowMs - this.value.fromMs < REDUNDANT_SHARE * this.value.gapMs &&
      this.waits.every(({ state }) => state.task?.taskStatus === taskStatus)
    );
  }

  /** A page that was asked for then showed nothing new. */
  ranAt(sentMs: number): void {
    this.ranAtMs = sentMs;
  }

  /**
   * A listing shows it.
   *
   * @param sentMs - When the page was asked for, if it shows the task running.
   */
  listed(sentMs: number | undefined): void {
    this.isMissingFromListings = false;
    this.listedMs = Math.max(this.listedMs, sentMs ?? this.listedMs);
  }

  /** Only listings tell of it: a poll has to say whether they are right. */
  doubt(): void {
    this.isDoubted = true;
  }

  /** Somebody says that it may have ended. Only a poll that is sent later can tell. */
  hinted(): void {
    this.isHinted = true;
  }

  /** A poll of it is sent: it answers every hint so far. */
  polling(): void {
    this.isHinted = false;
  }

  /** A poll of it has ended. */
  polled({ observation }: PollResult, nowMs: number): void {
    this.isDoubted = false;
    if (observation.kind === "task" && !isFinalStatus(observation.task.taskStatus)) {
      this.polledMs = nowMs;
    }
  }

  /** A listing that should have shown it did not. */
  missing(): void {
    this.isMissingFromListings = true;
  }

  /** It has probably ended, at some moment between the last poll and `nowMs`. */
  presumeEnded(nowMs: number): void {
    this.isPresumedEnded = true;
    this.value = certainPollValue((this.value.fromMs + nowMs) / 2, this.value.price);
  }
}
