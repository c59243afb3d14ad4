/** Something that is due at a moment and knows its place in the heap. */
export interface Due {
  dueMs: number;
  /** Kept by the heap; -1 outside. */
  heapIndex: number;
}

/** A binary heap, earliest first, from which any item can be taken out in O(log n). */
export class DueHeap<T extends Due> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** Puts an item in, or to its new place after its `dueMs` changed. */
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

  #up(from: number): void {
    let index = from;
    const item = this.#at(index);
    while (index > 0) {
      const parent = this.#at((index - 1) >> 1);
      if (parent.dueMs <= item.dueMs) {
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
      if (child + 1 < this.#items.length && this.#at(child + 1).dueMs < this.#at(child).dueMs) {
        child++;
      }
      if (this.#at(child).dueMs >= item.dueMs) {
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
