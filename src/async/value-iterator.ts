/** Which values a slow reader gets: the newest, and misses the ones between, or all of them. */
export type Kept = "newest" | "all";

/** A reader that has asked for a value which is not there yet. */
interface Waiting<T> {
  resolve(result: IteratorResult<T, undefined>): void;
}

/** An async iterator over values that are pushed. It ends when the source says so. */
export class ValueIterator<T> implements AsyncIterableIterator<T> {
  readonly #kept: Kept;
  readonly #onReturn: () => void;
  #pending: T[] = [];
  // How many of them have been read: `shift` of a long array copies all of it.
  #readCount = 0;
  #waiting: Waiting<T>[] = [];
  #last: T | undefined;
  #hasEnded = false;

  constructor(kept: Kept, onReturn: () => void) {
    this.#kept = kept;
    this.#onReturn = onReturn;
  }

  /** A value that is the last one pushed is no change. */
  push(value: T): void {
    if (this.#hasEnded || this.#last === value) {
      return;
    }
    this.#last = value;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value });
    } else if (this.#kept === "all") {
      this.#pending.push(value);
    } else {
      this.#pending = [value];
      this.#readCount = 0;
    }
  }

  /** No more values; those that are pending can still be read. */
  end(): void {
    this.#hasEnded = true;
    for (const waiting of this.#waiting.splice(0)) {
      waiting.resolve({ done: true, value: undefined });
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#readCount < this.#pending.length) {
      return Promise.resolve({ done: false, value: this.#take() });
    }
    if (this.#hasEnded) {
      return Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve) => this.#waiting.push({ resolve }));
  }

  #take(): T {
    const value = this.#pending[this.#readCount++] as T;
    if (2 * this.#readCount >= this.#pending.length) {
      this.#pending.splice(0, this.#readCount);
      this.#readCount = 0;
    }
    return value;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#pending = [];
    this.end();
    this.#onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
