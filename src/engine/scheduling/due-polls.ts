import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import type { SourceLimits, TaskSource } from "../../task/source.ts";
import type { ListingCoverage } from "../listing/listing-coverage.ts";
import { IndexedHeap } from "../rate/indexed-heap.ts";
import type { ApiRateLimit } from "../rate/rate-limits.ts";
import type { PollResult } from "../tasks/poll.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import { CallSharing } from "./call-sharing.ts";
import { deferredUntilMs } from "./poll-priority.ts";

/** Holds the tasks that are not in flight: asleep until they are due, or queued for a permit. */
export class DuePolls {
  readonly #clock: MonotonicClock;
  readonly #queue: ApiRateLimit<TrackedTask>;
  readonly #coverage: ListingCoverage;
  readonly #sharing: CallSharing;
  readonly #minIntervalMs: number;
  readonly #asleep = new IndexedHeap<TrackedTask>();

  constructor(
    { source, limits }: { readonly source: TaskSource; readonly limits: SourceLimits },
    clock: MonotonicClock,
    queue: ApiRateLimit<TrackedTask>,
    coverage: ListingCoverage,
  ) {
    this.#clock = clock;
    this.#queue = queue;
    this.#coverage = coverage;
    this.#sharing = new CallSharing(source);
    this.#minIntervalMs = limits.minIntervalMs ?? 0;
  }

  /** When the next task is due; infinite without one. */
  get nextMs(): number {
    return this.#asleep.firstRank;
  }

  /**
   * Puts a task to sleep until it is due, or into the queue.
   *
   * @param tasks - How many there are.
   */
  schedule(tracked: TrackedTask, tasks: number): void {
    // A wait that joins would poll at once, and so would a doubt.
    const minMs = tracked.isSeen ? tracked.polledMs + this.#minIntervalMs : 0;
    const wantedMs = this.#sharing.dueMs(tracked, tasks);
    const dueMs = tracked.isDoubted ? minMs : Math.max(minMs, wantedMs);
    if (dueMs > this.#clock.nowMs()) {
      this.#sleepUntil(tracked, dueMs);
    } else {
      this.queue(tracked);
    }
  }

  /** Queues a poll that is due, unless a listing scan makes it needless for now. */
  queue(tracked: TrackedTask): void {
    const untilMs = deferredUntilMs(tracked, this.#coverage, this.#clock.nowMs());
    if (untilMs !== undefined) {
      this.#sleepUntil(tracked, untilMs);
    } else if (!this.#queue.has(tracked.entry)) {
      this.#asleep.remove(tracked.entry);
      this.#queue.add(tracked.entry);
    }
  }

  /** Defers what is queued where a scan that has begun makes it needless. */
  deferQueued(tasks: Iterable<TrackedTask>): void {
    for (const tracked of tasks) {
      if (this.#queue.has(tracked.entry)) {
        this.queue(tracked);
      }
    }
  }

  /** Queues all that are due. */
  queueDue(nowMs: number): void {
    for (let next = this.#asleep.peek(); next && next.rank <= nowMs; next = this.#asleep.peek()) {
      this.queue(next.item);
    }
  }

  remove(tracked: TrackedTask): void {
    this.#asleep.remove(tracked.entry);
    this.#queue.remove(tracked.entry);
  }

  /** A task has its permit: takes out those that share its call. */
  takeRiders(first: TrackedTask): readonly TrackedTask[] {
    const places = { queue: this.#queue, asleep: this.#asleep, coverage: this.#coverage };
    const riders = this.#sharing.ridersOf(first, places, this.#clock.nowMs());
    for (const tracked of riders) {
      this.#asleep.remove(tracked.entry);
    }
    return riders;
  }

  /** A poll of the task has ended. */
  polled(tracked: TrackedTask, result: PollResult): void {
    const nowMs = this.#clock.nowMs();
    this.#sharing.polled(tracked, result, nowMs);
    tracked.polled(result, nowMs);
  }

  #sleepUntil(tracked: TrackedTask, atMs: number): void {
    this.#queue.remove(tracked.entry);
    this.#asleep.put(tracked.entry, atMs);
  }
}
