import { createHash } from "node:crypto";

/** 15 minutes of 291 requests a second, in 26 MiB for both generations. */
const MAX_NONCES = 2 ** 18;

/** Remembers which nonces were used, for a window of time and up to a number. */
export class NonceMemory {
  readonly #windowMs: number;
  readonly #max: number;
  // Two generations instead of a time per nonce: forgetting is one assignment, and memory stays bounded.
  #young = new Set<string>();
  #old = new Set<string>();
  #youngSinceMs = Number.NEGATIVE_INFINITY;

  /**
   * @param windowMs - A nonce is remembered for at least this long.
   * @param max - But only while fewer than this many came after it.
   */
  constructor(windowMs: number, max: number = MAX_NONCES) {
    this.#windowMs = windowMs;
    this.#max = max;
  }

  /** How many nonces it holds: twice its number at most. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Whether the nonce is new for this caller; from now on it is not. */
  use(caller: string, nonce: string, nowMs: number): boolean {
    if (nowMs - this.#youngSinceMs >= this.#windowMs || this.#young.size >= this.#max) {
      this.#old = nowMs - this.#youngSinceMs >= 2 * this.#windowMs ? new Set() : this.#young;
      this.#young = new Set();
      this.#youngSinceMs = nowMs;
    }
    // A digest, for a nonce may be as long as a header; twelve bytes of it keep the memory small.
    const digest = createHash("sha256").update(`${caller}\n${nonce}`).digest().toString("latin1", 0, 12);
    if (this.#young.has(digest) || this.#old.has(digest)) {
      return false;
    }
    this.#young.add(digest);
    return true;
  }
}
