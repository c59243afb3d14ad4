/**
 * An async iterator over a value that changes: a reader that is slow gets the newest and misses the ones
 * between. It holds one value at most and ends when the source says so.
 */
export class LatestValueIterator<T> implements AsyncIterableIterator<T> {
  readonly #onReturn: (iterator: LatestValueIterator<T>) => void;
  #pending: { readonly value: T } | undefined;
  #waiting: ((result: IteratorResult<T, undefined>) => void)[] = [];
  #last: T | undefined;
  #hasEnded = false;

  constructor(onReturn: (iterator: LatestValueIterator<T>) => void) {
    this.#onReturn = onReturn;
  }

  /** A value that is the last one pushed is no change. */
  push(value: T): void {
    if (this.#hasEnded || this.#last === value) {
      return;
    }
    this.#last = value;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.#pending = { value };
    } else {
      waiting({ done: false, value });
    }
  }

  /** No more values; one that is pending can still be read. */
  end(): void {
    this.#hasEnded = true;
    for (const waiting of this.#waiting.splice(0)) {
      waiting({ done: true, value: undefined });
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const pending = this.#pending;
    if (pending !== undefined) {
      this.#pending = undefined;
      return Promise.resolve({ done: false, value: pending.value });
    }
    if (this.#hasEnded) {
      return Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#pending = undefined;
    this.end();
    this.#onReturn(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
