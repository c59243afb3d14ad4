import { createHash } from "node:crypto";
import { DigestSet } from "./digest-set.ts";

/** 15 minutes of 291 requests a second, in 8 MiB for both generations. */
const MAX_NONCES = 2 ** 18;

/** Remembers which nonces were used, for a window of time and up to a number. */
export class NonceMemory {
  readonly #windowMs: number;
  readonly #most: number;
  // Two generations instead of a time per nonce: forgetting is one assignment, and memory stays bounded.
  #young = new DigestSet();
  #old = new DigestSet();
  #youngSinceMs = Number.NEGATIVE_INFINITY;

  /**
   * @param windowMs - A nonce is remembered for at least this long.
   * @param most - But only while fewer than this many came after it.
   */
  constructor(windowMs: number, most: number = MAX_NONCES) {
    this.#windowMs = windowMs;
    this.#most = most;
  }

  /** What it takes, in bytes. */
  get bytes(): number {
    return this.#young.bytes + this.#old.bytes;
  }

  /** Whether the nonce is new for this caller; from now on it is not. */
  use(caller: string, nonce: string, nowMs: number): boolean {
    if (nowMs - this.#youngSinceMs >= this.#windowMs || this.#young.size >= this.#most) {
      this.#old = nowMs - this.#youngSinceMs >= 2 * this.#windowMs ? new DigestSet() : this.#young;
      this.#young = new DigestSet();
      this.#youngSinceMs = nowMs;
    }
    const digest = createHash("sha256").update(`${caller}\n${nonce}`).digest();
    if (this.#young.has(digest) || this.#old.has(digest)) {
      return false;
    }
    this.#young.add(digest);
    return true;
  }
}
