import { dueSince, endedAt } from "../../policy/forecast/poll-value.ts";
import { maxIdsOf } from "../../policy/observe/observe-many.ts";
import type { TaskSource } from "../../task/source.ts";
import { isFinalStatus } from "../../task/status.ts";
import type { ListingCoverage } from "../listing/listing-coverage.ts";
import type { IndexedHeap } from "../rate/indexed-heap.ts";
import type { ApiRateLimit } from "../rate/rate-limits.ts";
import type { PollResult } from "../tasks/poll.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import { EndCalibration } from "./end-calibration.ts";

/** Where the tasks are that can go with a call. */
export interface RiderPlaces {
  readonly queue: Pick<ApiRateLimit<TrackedTask>, "take">;
  readonly asleep: IndexedHeap<TrackedTask>;
  readonly coverage: ListingCoverage;
}

// Of the tasks that are due next, so many times those that fit are compared by the value of their polls.
const CANDIDATES_PER_PLACE = 3;
// Where ends are forecast too early, a poll is put off until its value is at most three times its price.
const MIN_SHARERS = 1 / 3;
// The weight of the last call in the number of sharers.
const LAST_CALL_WEIGHT = 0.3;

/**
 * Shares calls that take several ids among tasks. A call pays off when the poll values of its tasks together reach the
 * price, so each of `n` equal sharers is due when its own value is an `n`th of that. How many sharers a call has is
 * measured: the sum of its values over the value of the task that was due. So is how far the values are right.
 */
export class CallSharing {
  /** How many ids one call takes; 1 when calls can't be shared. */
  readonly maxIds: number;
  readonly #calibration = new EndCalibration();
  #sharers: number | undefined;

  constructor(source: TaskSource) {
    this.maxIds = maxIdsOf(source);
  }

  /**
   * When a task is due, given that others share its call. It can be later than by itself only when the fleet shows that
   * ends are forecast too early.
   *
   * @param tasks - How many there are.
   */
  dueMs(tracked: TrackedTask, tasks: number): number {
    if (this.maxIds === 1) {
      return tracked.dueMs;
    }
    const sharers = Math.min(this.#sharers ?? 1, tasks, tracked.maxIds);
    tracked.shareCall(Math.max(MIN_SHARERS, sharers * this.#calibration.ratio));
    const { dueMs, minDueMs, value, price } = tracked;
    if (price === value.price || tracked.isHinted || !tracked.canRide || minDueMs > tracked.lastChanceMs) {
      return dueMs;
    }
    const latestMs = tracked.isSeen ? Math.max(dueMs, tracked.mustDueMs) : dueMs;
    return Math.min(latestMs, Math.max(minDueMs, dueSince(value, value.fromMs, price)));
  }

  /**
   * The tasks of one call: the one that got the permit, those in the queue whose polls have the highest values, and then
   * the most valuable of those that are due next.
   */
  ridersOf(
    first: TrackedTask,
    { queue, asleep, coverage }: RiderPlaces,
    nowMs: number,
  ): readonly TrackedTask[] {
    const limit = Math.min(this.maxIds, first.maxIds);
    if (limit === 1) {
      return [first];
    }
    const fits = (tracked: TrackedTask): boolean => tracked.maxIds >= limit;
    const riders = [first, ...queue.take(limit - 1, fits)];
    const next: { readonly tracked: TrackedTask; readonly value: number }[] = [];
    let left = CANDIDATES_PER_PLACE * (limit - riders.length);
    for (const { item: tracked } of left > 0 ? asleep.inOrder() : []) {
      const value = coverage.valueOf(tracked, nowMs);
      if (value > 0 && fits(tracked) && tracked.canRide && tracked.minDueMs <= nowMs) {
        next.push({ tracked, value });
      }
      left--;
      if (left === 0) {
        break;
      }
    }
    next.sort((a, b) => b.value - a.value);
    riders.push(...next.slice(0, limit - riders.length).map(({ tracked }) => tracked));
    if (limit === this.maxIds) {
      this.#learn(riders.map((tracked) => coverage.valueOf(tracked, nowMs)));
    }
    return riders;
  }

  /** A poll has ended; before the task takes it in. */
  polled({ value, isSeen }: TrackedTask, { observation }: PollResult, nowMs: number): void {
    if (this.maxIds > 1 && isSeen && observation.kind === "task") {
      this.#calibration.add(endedAt(value, nowMs), isFinalStatus(observation.task.taskStatus));
    }
  }

  #learn([first = 0, ...others]: readonly number[]): void {
    const sum = others.reduce((total, value) => total + value, first);
    const sharers = first > 0 ? Math.min(this.maxIds, sum / first) : 1;
    this.#sharers ??= sharers;
    this.#sharers += LAST_CALL_WEIGHT * (sharers - this.#sharers);
  }
}
