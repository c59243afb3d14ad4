const WORDS_PER_SLOT = 2;
const SLOTS_PER_DIGEST = 2;
const FIRST_SLOTS = 1024;

/**
 * A set of 64-bit digests in one flat table, 16 to 32 bytes each: in a `Set` of strings each takes hundreds, and the
 * collector has to walk them.
 */
export class DigestSet {
  #table = new Uint32Array(FIRST_SLOTS * WORDS_PER_SLOT);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What the table takes, in bytes. */
  get bytes(): number {
    return this.#table.byteLength;
  }

  has(digest: Uint8Array): boolean {
    const [low, high] = words(digest);
    return this.#table[slotOf(this.#table, low, high)] !== 0;
  }

  add(digest: Uint8Array): void {
    const [low, high] = words(digest);
    if (put(this.#table, low, high)) {
      this.#size += 1;
      if (this.#size * SLOTS_PER_DIGEST > this.#table.length / WORDS_PER_SLOT) {
        this.#grow();
      }
    }
  }

  #grow(): void {
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += WORDS_PER_SLOT) {
      const low = this.#table[at] ?? 0;
      if (low !== 0) {
        put(larger, low, this.#table[at + 1] ?? 0);
      }
    }
    this.#table = larger;
  }
}

/** The first eight bytes, with one bit given away so that no digest looks like an empty slot. */
function words(digest: Uint8Array): [low: number, high: number] {
  const view = new DataView(digest.buffer, digest.byteOffset, 8);
  return [(view.getUint32(0, true) | 1) >>> 0, view.getUint32(4, true)];
}

/** Where the digest is, or the empty slot where it belongs. */
function slotOf(table: Uint32Array, low: number, high: number): number {
  let at = (high % (table.length / WORDS_PER_SLOT)) * WORDS_PER_SLOT;
  while (table[at] !== 0 && (table[at] !== low || table[at + 1] !== high)) {
    at = (at + WORDS_PER_SLOT) % table.length;
  }
  return at;
}

function put(table: Uint32Array, low: number, high: number): boolean {
  const at = slotOf(table, low, high);
  if (table[at] !== 0) {
    return false;
  }
  table[at] = low;
  table[at + 1] = high;
  return true;
}
