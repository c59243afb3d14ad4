import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { HeapEntry, IndexedHeap } from "./indexed-heap.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** What a permit is for. */
export interface PermitQueueOptions<T> {
  /** The value of the item's call at a moment; the highest goes first. */
  readonly priority: (item: T, nowMs: number) => number;
  /** The item's call may go out now; it must. */
  readonly grant: (item: T) => void;
  /** Calls that may be in flight at once; more wait until {@link PermitQueue.returned}. Default: any number. */
  readonly maxInFlight?: number;
}

/** Every so many permits one goes to the item that has waited longest, whatever its priority. */
export const STARVATION_LIMIT = 8;
// Priorities change with time, and are computed again this often.
const RERANK_MS = 100;
const RERANK_LARGE_MS = 1000;
const LARGE_SIZE = 20_000;

/** A call that goes on with what has begun: before every item. */
class Continuation {
  readonly go: () => void;

  constructor(go: () => void) {
    this.go = go;
  }
}

/**
 * Hands a limiter's permits to items. A permit is bound late: it goes to the item of the highest priority at the
 * moment it comes free. So that none starves, every {@link STARVATION_LIMIT}th goes to the oldest: with `n` items before
 * it, an item is granted within `STARVATION_LIMIT * (n + 1)` permits. While the queue is empty nothing is pending (W1).
 */
export class PermitQueue<T> {
  readonly #limiter: RateLimiter;
  readonly #clock: MonotonicClock;
  readonly #options: PermitQueueOptions<T>;
  readonly #items = new IndexedHeap<T | Continuation>();
  // In order of arrival.
  readonly #arrivals = new Set<HeapEntry<T | Continuation>>();
  #granted = 0;
  #inFlight = 0;
  #rerankedAtMs = Number.NEGATIVE_INFINITY;
  #handingOut: AbortController | undefined;

  constructor(limiter: RateLimiter, clock: MonotonicClock, options: PermitQueueOptions<T>) {
    this.#limiter = limiter;
    this.#clock = clock;
    this.#options = options;
  }

  get size(): number {
    return this.#items.size;
  }

  has(entry: HeapEntry<T>): boolean {
    return this.#items.has(entry);
  }

  add(entry: HeapEntry<T>): void {
    this.#put(entry);
  }

  /** Withdraws an item; the last one takes the pending timer with it. */
  remove(entry: HeapEntry<T>): void {
    this.#withdraw(entry);
  }

  /** Takes the first items by priority that are accepted, at most so many: they go with the call of another's permit. */
  take(count: number, accepts: (item: T) => boolean): readonly T[] {
    const taken: HeapEntry<T | Continuation>[] = [];
    for (const entry of count > 0 ? this.#items.inOrder() : []) {
      if (!(entry.item instanceof Continuation) && accepts(entry.item)) {
        taken.push(entry);
        if (taken.length === count) {
          break;
        }
      }
    }
    return taken.map((entry) => {
      this.#items.remove(entry);
      this.#arrivals.delete(entry);
      return entry.item as T;
    });
  }

  /** Resolves when a call may go out that continues what has begun; rejects with the signal's reason when that aborts. */
  acquire(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        this.#withdraw(entry);
        reject(signal.reason);
      };
      const entry = new HeapEntry(
        new Continuation(() => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        }),
      );
      signal.addEventListener("abort", onAbort, { once: true });
      this.#put(entry);
    });
  }

  /** A call that was granted has ended. */
  returned(): void {
    this.#inFlight--;
    this.#start();
  }

  #put(entry: HeapEntry<T | Continuation>): void {
    this.#items.put(entry, this.#rankOf(entry.item, this.#clock.nowMs()));
    this.#arrivals.add(entry);
    this.#start();
  }

  #start(): void {
    if (this.#handingOut === undefined && this.#hasNext()) {
      this.#handingOut = new AbortController();
      void this.#handOut(this.#handingOut);
    }
  }

  #hasNext(): boolean {
    const { maxInFlight = Number.POSITIVE_INFINITY } = this.#options;
    return this.#items.size > 0 && this.#inFlight < maxInFlight;
  }

  #withdraw(entry: HeapEntry<T | Continuation>): void {
    this.#items.remove(entry);
    this.#arrivals.delete(entry);
    if (this.#items.size === 0) {
      this.#handingOut?.abort();
      this.#handingOut = undefined;
    }
  }

  async #handOut(turn: AbortController): Promise<void> {
    try {
      while (this.#hasNext()) {
        await this.#limiter.permit(turn.signal);
        this.#grantNext();
      }
    } catch (error) {
      if (!turn.signal.aborted) {
        throw error;
      }
    } finally {
      if (this.#handingOut === turn) {
        this.#handingOut = undefined;
      }
    }
  }

  #grantNext(): void {
    const entry = this.#next();
    if (entry === undefined) {
      return;
    }
    this.#items.remove(entry);
    this.#arrivals.delete(entry);
    this.#inFlight++;
    const { item } = entry;
    if (item instanceof Continuation) {
      item.go();
    } else {
      this.#options.grant(item);
    }
  }

  #next(): HeapEntry<T | Continuation> | undefined {
    this.#granted++;
    if (this.#granted % STARVATION_LIMIT === 0) {
      return this.#arrivals.values().next().value;
    }
    const nowMs = this.#clock.nowMs();
    const { size } = this.#items;
    if (nowMs - this.#rerankedAtMs >= (size > LARGE_SIZE ? RERANK_LARGE_MS : RERANK_MS)) {
      this.#rerankedAtMs = nowMs;
      this.#items.rerank((item) => this.#rankOf(item, nowMs));
    }
    return this.#items.peek();
  }

  #rankOf(item: T | Continuation, nowMs: number): number {
    return item instanceof Continuation ? -Number.MAX_VALUE : -this.#options.priority(item, nowMs);
  }
}
