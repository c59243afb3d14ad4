import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import type { Observation } from "../../policy/observe/observe.ts";
import type { ManyObservation } from "../../policy/observe/observe-many.ts";
import type { SourceLimits } from "../../task/source.ts";
import type { HeapEntry } from "./indexed-heap.ts";
import { PermitQueue, type PermitQueueOptions } from "./permit-queue.ts";
import { RateLimiter, type RateOption } from "./rate-limiter.ts";

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
  readonly rate: RateOption;
  /** What the service documents. */
  readonly quota?: SourceLimits | undefined;
  /** The longest pause of all calls, whatever the service asks for. */
  readonly maxPauseMs: number;
  /** Is told how each call went. */
  readonly onAnswer: (answer: CallAnswer) => void;
}

// A service that is slow to answer must not take all of the process's descriptors.
const MAX_IN_FLIGHT = 256;
// Seconds of permits.
const BACKLOG_S = 0.5;

/** The calls of one API: their rate, and which goes next. W4: every call takes its permit here. */
export class ApiRateLimit<T> {
  /** Calls answered so far, good and bad. */
  calls = 0;
  /** How many of them were throttled. */
  throttled = 0;
  /** Tasks that observed calls asked for. */
  tasks = 0;
  readonly #onAnswer: (answer: CallAnswer) => void;
  readonly #limiter: RateLimiter;
  readonly #maxPauseMs: number;
  readonly #queue: PermitQueue<T>;

  constructor(clock: MonotonicClock, options: RateLimitsOptions<T>) {
    this.#onAnswer = options.onAnswer;
    this.#limiter = new RateLimiter(clock, options.rate, options.quota?.perSecond);
    this.#maxPauseMs = options.maxPauseMs;
    this.#queue = new PermitQueue(this.#limiter, clock, { ...options, maxInFlight: MAX_IN_FLIGHT });
  }

  get ratePerSecond(): number {
    return this.#limiter.ratePerSecond;
  }

  /** Calls that wait for a permit. */
  get queued(): number {
    return this.#queue.size;
  }

  /**
   * Whether an item that asks for a permit now waits long for it.
   *
   * @param itemsPerCall - That go with one permit.
   */
  isBacklogged(itemsPerCall: number): boolean {
    return this.#queue.size > BACKLOG_S * this.#limiter.ratePerSecond * itemsPerCall;
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
      this.#queue.returned();
      this.calls++;
      this.#onAnswer("transient");
    } else {
      this.answered(...answerOf(observation));
    }
  }

  /** A call was cancelled before its answer, and does not count. */
  cancelled(): void {
    this.#queue.returned();
  }

  answered(answer: CallAnswer, retryAfterMs?: number): void {
    this.#queue.returned();
    this.calls++;
    this.#onAnswer(answer);
    if (answer === "throttled") {
      this.throttled++;
      // W5: slows down every call of this API.
      this.#limiter.throttled(Math.min(this.#maxPauseMs, retryAfterMs ?? 0));
    } else if (answer === "accepted") {
      this.#limiter.accepted();
    }
  }
}

/**
 * What a waiter may call: one account, in one region. The service counts the calls of each of its operations on its own,
 * so each finds out its own rate. A rate that the user has fixed or the service documents is for all calls together.
 */
export class RateLimits<T> {
  readonly describe: ApiRateLimit<T>;
  readonly list: ApiRateLimit<T>;
  /** Pages of listings that were answered so far, good and bad. */
  listings = 0;

  constructor(clock: MonotonicClock, options: RateLimitsOptions<T>) {
    this.describe = new ApiRateLimit(clock, options);
    const { rate, quota } = options;
    const isOne = rate !== "adaptive" || quota?.perSecond !== undefined || quota?.sharesListings === true;
    this.list = isOne ? this.describe : new ApiRateLimit(clock, options);
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
