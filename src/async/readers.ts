import { type Kept, ValueIterator } from "./value-iterator.ts";

/** Those who read values as they come. */
export class Readers<T> {
  readonly #kept: Kept;
  readonly #iterators = new Set<ValueIterator<T>>();

  /** @param kept - What a slow reader gets. */
  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /**
   * A new reader.
   *
   * @param soFar - What it begins with.
   * @param isOver - Whether nothing follows.
   */
  read(soFar: readonly T[], isOver: boolean): ValueIterator<T> {
    const iterator: ValueIterator<T> = new ValueIterator(this.#kept, () => this.#iterators.delete(iterator));
    for (const value of soFar) {
      iterator.push(value);
    }
    if (isOver) {
      iterator.end();
    } else {
      this.#iterators.add(iterator);
    }
    return iterator;
  }

  push(value: T): void {
    for (const iterator of this.#iterators) {
      iterator.push(value);
    }
  }

  end(): void {
    for (const iterator of this.#iterators) {
      iterator.end();
    }
    this.#iterators.clear();
  }
}
