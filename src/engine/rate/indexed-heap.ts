/** Something that knows its place in a heap. */
export interface Ranked {
  /** Lowest first: a moment for what is due, the worth with a minus for what is wanted. */
  rank: number;
  /** Kept by the heap; -1 outside. */
  heapIndex: number;
}

/** A binary heap, lowest rank first, from which any item can be taken out in O(log n). */
export class IndexedHeap<T extends Ranked> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** Puts an item in, or to its new place after its rank changed. */
  put(item: T): void {
    if (item.heapIndex < 0) {
      item.heapIndex = this.#items.length;
      this.#items.push(item);
    }
    this.#up(item.heapIndex);
    this.#down(item.heapIndex);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) {
      this.remove(first);
    }
    return first;
  }

  /** Takes an item out; one that is not in is left alone. */
  remove(item: T): void {
    const index = item.heapIndex;
    if (index < 0) {
      return;
    }
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#place(last, index);
      this.#up(index);
      this.#down(last.heapIndex);
    }
  }

  /** Gives every item a new rank, in O(n). */
  rerank(rankOf: (item: T) => number): void {
    for (const item of this.#items) {
      item.rank = rankOf(item);
    }
    for (let index = (this.#items.length >> 1) - 1; index >= 0; index--) {
      this.#down(index);
    }
  }

  #up(from: number): void {
    let index = from;
    const item = this.#at(index);
    while (index > 0) {
      const parent = this.#at((index - 1) >> 1);
      if (parent.rank <= item.rank) {
        break;
      }
      this.#place(parent, index);
      index = (index - 1) >> 1;
    }
    this.#place(item, index);
  }

  #down(from: number): void {
    let index = from;
    const item = this.#at(index);
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#items.length) {
        break;
      }
      if (child + 1 < this.#items.length && this.#at(child + 1).rank < this.#at(child).rank) {
        child++;
      }
      if (this.#at(child).rank >= item.rank) {
        break;
      }
      this.#place(this.#at(child), index);
      index = child;
    }
    this.#place(item, index);
  }

  #at(index: number): T {
    return this.#items[index] as T;
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}
