import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { HeapEntry, IndexedHeap } from "./indexed-heap.ts";
import type { PermitClaims, PermitDispatcher } from "./permit-dispatcher.ts";

/** What a permit is for. */
export interface PermitQueueOptions<T> {
  /** The value of the item's call at a moment; the highest goes first. */
  readonly priority: (item: T, nowMs: number) => number;
  /** The item's call may go out now; it must. */
  readonly grant: (item: T) => void;
}

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

/** The items of one owner that want permits. Others may want the same permits: the dispatcher decides between them. */
export class PermitQueue<T> implements PermitClaims {
  readonly #dispatcher: PermitDispatcher;
  readonly #clock: MonotonicClock;
  readonly #options: PermitQueueOptions<T>;
  readonly #items = new IndexedHeap<T | Continuation>();
  // Their numbers, in order of arrival.
  readonly #arrivals = new Map<HeapEntry<T | Continuation>, number>();
  #rerankedAtMs = Number.NEGATIVE_INFINITY;

  constructor(dispatcher: PermitDispatcher, clock: MonotonicClock, options: PermitQueueOptions<T>) {
    this.#dispatcher = dispatcher;
    this.#clock = clock;
    this.#options = options;
  }

  get size(): number {
    return this.#items.size;
  }

  get oldestArrival(): number {
    return this.#arrivals.values().next().value ?? Number.POSITIVE_INFINITY;
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
    for (const entry of taken) {
      this.#delete(entry);
    }
    this.#dispatcher.taken(this);
    return taken.map(({ item }) => item as T);
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

  firstRank(): number {
    const nowMs = this.#clock.nowMs();
    const { size } = this.#items;
    if (nowMs - this.#rerankedAtMs >= (size > LARGE_SIZE ? RERANK_LARGE_MS : RERANK_MS)) {
      this.#rerankedAtMs = nowMs;
      this.#items.rerank((item) => this.#rankOf(item, nowMs));
    }
    return this.#items.firstRank;
  }

  grant(isForOldest: boolean): void {
    const entry = isForOldest ? this.#arrivals.keys().next().value : this.#items.peek();
    if (entry === undefined) {
      return;
    }
    this.#delete(entry);
    const { item } = entry;
    if (item instanceof Continuation) {
      item.go();
    } else {
      this.#options.grant(item);
    }
  }

  #put(entry: HeapEntry<T | Continuation>): void {
    this.#items.put(entry, this.#rankOf(entry.item, this.#clock.nowMs()));
    this.#arrivals.set(entry, this.#dispatcher.nextArrival());
    this.#dispatcher.added(this);
  }

  #withdraw(entry: HeapEntry<T | Continuation>): void {
    if (this.#delete(entry)) {
      this.#dispatcher.withdrawn(this);
    }
  }

  #delete(entry: HeapEntry<T | Continuation>): boolean {
    this.#items.remove(entry);
    return this.#arrivals.delete(entry);
  }

  #rankOf(item: T | Continuation, nowMs: number): number {
    return item instanceof Continuation ? -Number.MAX_VALUE : -this.#options.priority(item, nowMs);
  }
}
