import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import type { Observation } from "../../policy/observe/observe.ts";
import type { ManyObservation } from "../../policy/observe/observe-many.ts";
import { quotaKeysOf, type SourceLimits, type TaskSource } from "../../task/source.ts";
import type { HeapEntry } from "./indexed-heap.ts";
import type { PermitDispatcher } from "./permit-dispatcher.ts";
import { PermitQueue, type PermitQueueOptions } from "./permit-queue.ts";
import type { RateLimiter, RateOption } from "./rate-limiter.ts";
import { type CallKind, ownRate, sharedRate } from "./shared-rates.ts";

/** How a call went, as far as the rate is concerned. */
export type CallAnswer = "accepted" | "transient" | "throttled";

/** How a call went that gave this observation, and the pause it asks for. */
export function answerOf(
  observation: Observation | ManyObservation,
): readonly [answer: CallAnswer, retryAfterMs?: number | undefined] {
  if (observation.kind === "throttled") {
    return ["throttled", observation.retryAfterMs];
  }
  return [observation.kind === "transient" ? "transient" : "accepted"];
}

/** What {@link RateLimits} are made of. */
export interface RateLimitsOptions<T> extends PermitQueueOptions<T> {
  readonly source: TaskSource;
  readonly rate: RateOption;
  /** What the service documents. */
  readonly quota?: SourceLimits | undefined;
  /** The longest pause of all calls, whatever the service asks for. */
  readonly maxPauseMs: number;
  /** Is told how each call went. */
  readonly onAnswer: (answer: CallAnswer) => void;
}

// Seconds of permits.
const BACKLOG_S = 0.5;

/** One waiter's calls of one API. W4: every call takes its permit here. The rate may be shared with other waiters. */
export class ApiRateLimit<T> {
  /** Calls answered so far, good and bad. */
  calls = 0;
  /** How many of them were throttled. */
  throttled = 0;
  /** Tasks that observed calls asked for. */
  tasks = 0;
  readonly #onAnswer: (answer: CallAnswer) => void;
  readonly #dispatcher: PermitDispatcher;
  readonly #limiter: RateLimiter;
  readonly #maxPauseMs: number;
  readonly #queue: PermitQueue<T>;

  constructor(dispatcher: PermitDispatcher, clock: MonotonicClock, options: RateLimitsOptions<T>) {
    this.#onAnswer = options.onAnswer;
    this.#dispatcher = dispatcher;
    this.#limiter = dispatcher.limiter;
    this.#maxPauseMs = options.maxPauseMs;
    this.#queue = new PermitQueue(dispatcher, clock, options);
  }

  get ratePerSecond(): number {
    return this.#limiter.ratePerSecond;
  }

  /** Calls of this waiter that wait for a permit. */
  get queued(): number {
    return this.#queue.size;
  }

  /**
   * Whether an item that asks for a permit now waits long for it.
   *
   * @param itemsPerCall - That go with one permit.
   */
  isBacklogged(itemsPerCall: number): boolean {
    return this.#dispatcher.size > BACKLOG_S * this.#limiter.ratePerSecond * itemsPerCall;
  }

  has(entry: HeapEntry<T>): boolean {
    return this.#queue.has(entry);
  }

  add(entry: HeapEntry<T>): void {
    this.#queue.add(entry);
  }

  remove(entry: HeapEntry<T>): void {
    this.#queue.remove(entry);
  }

  /** Takes the most valuable queued items that are accepted, for a call that has its permit. */
  take(count: number, accepts: (item: T) => boolean): readonly T[] {
    return this.#queue.take(count, accepts);
  }

  acquire(signal: AbortSignal): Promise<void> {
    return this.#queue.acquire(signal);
  }

  /**
   * Takes in how a call went. A cancelled one says nothing of the quota.
   *
   * @param tasks - That it asked for.
   */
  observed(observation: Observation | ManyObservation, isCancelled: boolean, tasks: number): void {
    this.tasks += tasks;
    if (isCancelled) {
      this.#dispatcher.returned();
      this.calls++;
      this.#onAnswer("transient");
    } else {
      this.answered(...answerOf(observation));
    }
  }

  /** A call was cancelled before its answer, and does not count. */
  cancelled(): void {
    this.#dispatcher.returned();
  }

  answered(answer: CallAnswer, retryAfterMs?: number): void {
    this.#dispatcher.returned();
    this.calls++;
    this.#onAnswer(answer);
    if (answer === "throttled") {
      this.throttled++;
      // W5: slows down every call of this API, whichever waiter's.
      this.#limiter.throttled(Math.min(this.#maxPauseMs, retryAfterMs ?? 0));
    } else if (answer === "accepted") {
      this.#limiter.accepted();
    }
  }
}

/**
 * What a waiter may call: one account, in one region. The service counts the calls of each of its operations on its own,
 * so each finds out its own rate, with all waiters whose calls count there. A rate that the service documents is for all
 * calls together. So is one that the user has fixed, which is this waiter's alone.
 */
export class RateLimits<T> {
  readonly describe: ApiRateLimit<T>;
  readonly list: ApiRateLimit<T>;
  /** Pages of listings that were answered so far, good and bad. */
  listings = 0;

  constructor(clock: MonotonicClock, options: RateLimitsOptions<T>) {
    const { source, rate, quota } = options;
    const perSecond = quota?.perSecond;
    const keys = quotaKeysOf(source);
    const isOne = rate !== "adaptive" || perSecond !== undefined;
    const limitOf = (kind: CallKind): ApiRateLimit<T> => {
      const shared =
        rate === "adaptive"
          ? sharedRate({ source, kind, key: keys[kind] }, clock, perSecond)
          : ownRate(clock, rate, perSecond);
      return new ApiRateLimit(shared, clock, options);
    };
    this.describe = limitOf("describe");
    this.list = isOne ? this.describe : limitOf("list");
  }

  /** A page of a listing was answered. */
  listed(answer: CallAnswer, retryAfterMs?: number): void {
    this.listings++;
    this.list.answered(answer, retryAfterMs);
  }

  /** All calls that were answered so far, good and bad. */
  get calls(): number {
    return this.#sum(({ calls }) => calls);
  }

  get throttled(): number {
    return this.#sum(({ throttled }) => throttled);
  }

  get queued(): number {
    return this.#sum(({ queued }) => queued);
  }

  #sum(count: (limit: ApiRateLimit<T>) => number): number {
    return count(this.describe) + (this.list === this.describe ? 0 : count(this.list));
  }
}
