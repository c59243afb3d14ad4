/** An item's place in a heap. Only heaps write to it, and it is in one of them at most. */
export class HeapEntry<T> {
  readonly item: T;
  /** Lowest first: a moment for what is due, the negated value for what is wanted. */
  rank = 0;
  /** -1 outside of a heap. */
  index = -1;

  constructor(item: T) {
    this.item = item;
  }
}

/** A binary heap, lowest rank first, from which any entry can be taken out in O(log n). */
export class IndexedHeap<T> {
  readonly #entries: HeapEntry<T>[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The rank of the first, infinite when there is none. */
  get firstRank(): number {
    return this.#entries[0]?.rank ?? Number.POSITIVE_INFINITY;
  }

  peek(): HeapEntry<T> | undefined {
    return this.#entries[0];
  }

  has(entry: HeapEntry<T>): boolean {
    return this.#entries[entry.index] === entry;
  }

  /** Puts an entry in, or to its new place. */
  put(entry: HeapEntry<T>, rank: number): void {
    entry.rank = rank;
    if (entry.index < 0) {
      entry.index = this.#entries.length;
      this.#entries.push(entry);
    }
    this.#up(entry.index);
    this.#down(entry.index);
  }

  /** Takes an entry out; one that is not in is left alone. */
  remove(entry: HeapEntry<T>): void {
    if (!this.has(entry)) {
      return;
    }
    const { index } = entry;
    entry.index = -1;
    const last = this.#entries.pop();
    if (last !== undefined && last !== entry) {
      this.#place(last, index);
      this.#up(index);
      this.#down(last.index);
    }
  }

  /** The entries by rank, as far as they are asked for: `k` of them in O(k log k). The heap must not change meanwhile. */
  *inOrder(): Generator<HeapEntry<T>, void, undefined> {
    const next = new IndexedHeap<number>();
    const reach = (index: number): void => {
      const entry = this.#entries[index];
      if (entry !== undefined) {
        next.put(new HeapEntry(index), entry.rank);
      }
    };
    reach(0);
    for (let reached = next.peek(); reached !== undefined; reached = next.peek()) {
      next.remove(reached);
      yield this.#at(reached.item);
      reach(2 * reached.item + 1);
      reach(2 * reached.item + 2);
    }
  }

  /** Gives every entry a new rank, in O(n). */
  rerank(rankOf: (item: T) => number): void {
    for (const entry of this.#entries) {
      entry.rank = rankOf(entry.item);
    }
    for (let index = (this.#entries.length >> 1) - 1; index >= 0; index--) {
      this.#down(index);
    }
  }

  #up(from: number): void {
    let index = from;
    const entry = this.#at(index);
    while (index > 0) {
      const parent = this.#at((index - 1) >> 1);
      if (parent.rank <= entry.rank) {
        break;
      }
      this.#place(parent, index);
      index = (index - 1) >> 1;
    }
    this.#place(entry, index);
  }

  #down(from: number): void {
    let index = from;
    const entry = this.#at(index);
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#entries.length) {
        break;
      }
      if (child + 1 < this.#entries.length && this.#at(child + 1).rank < this.#at(child).rank) {
        child++;
      }
      if (this.#at(child).rank >= entry.rank) {
        break;
      }
      this.#place(this.#at(child), index);
      index = child;
    }
    this.#place(entry, index);
  }

  #at(index: number): HeapEntry<T> {
    return this.#entries[index] as HeapEntry<T>;
  }

  #place(entry: HeapEntry<T>, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }
}
