/** Remembers which nonces were used, for a window of time and up to a number. */
export class NonceMemory {
  readonly #windowMs: number;
  readonly #most: number;
  // Two generations instead of a time per nonce: forgetting is one assignment, and memory stays bounded.
  #young = new Set<string>();
  #old = new Set<string>();
  #youngSinceMs = Number.NEGATIVE_INFINITY;

  /**
   * @param windowMs - A nonce is remembered for at least this long.
   * @param most - But only while fewer than this many came after it.
   */
  constructor(windowMs: number, most = 100_000) {
    this.#windowMs = windowMs;
    this.#most = most;
  }

  /** Whether the nonce is new for this caller; from now on it is not. */
  use(caller: string, nonce: string, nowMs: number): boolean {
    if (nowMs - this.#youngSinceMs >= this.#windowMs || this.#young.size >= this.#most) {
      this.#old = nowMs - this.#youngSinceMs >= 2 * this.#windowMs ? new Set() : this.#young;
      this.#young = new Set();
      this.#youngSinceMs = nowMs;
    }
    const entry = `${caller}\n${nonce}`;
    if (this.#young.has(entry) || this.#old.has(entry)) {
      return false;
    }
    this.#young.add(entry);
    return true;
  }
}
