import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DigestSet } from "../../src/emulator/access/digest-set.ts";
import { NonceMemory } from "../../src/emulator/access/nonce-memory.ts";

const MINUTE_MS = 60_000;
const WINDOW_MS = 15 * MINUTE_MS;

describe("the memory of nonces", () => {
  it("knows every nonce for the whole window, and lets it in again when twice the window is over", () => {
    for (const usedAtMs of [0, 1, 7 * MINUTE_MS, WINDOW_MS - 1]) {
      const memory = new NonceMemory(WINDOW_MS);
      memory.use("AK", "first", 0);
      expect(memory.use("AK", "mine", usedAtMs)).toBe(true);
      for (let ms = usedAtMs; ms < usedAtMs + WINDOW_MS; ms += MINUTE_MS) {
        memory.use("AK", `other ${ms}`, ms);
        expect(memory.use("AK", "mine", ms)).toBe(false);
      }
      expect(memory.use("AK", "mine", usedAtMs + WINDOW_MS - 1)).toBe(false);
      expect(memory.use("AK", "mine", usedAtMs + 2 * WINDOW_MS)).toBe(true);
    }
  });

  it("knows at least the number it is made for, and forgets the oldest first", () => {
    const memory = new NonceMemory(WINDOW_MS, 100);
    for (let n = 0; n < 250; n += 1) {
      expect(memory.use("AK", `n${n}`, 0)).toBe(true);
    }
    expect(memory.use("AK", "n249", 0)).toBe(false);
    expect(memory.use("AK", "n150", 0)).toBe(false);
    expect(memory.use("AK", "n0", 0)).toBe(true);
  });

  it("tells one caller's nonce from another's", () => {
    const memory = new NonceMemory(WINDOW_MS);
    expect(memory.use("AK1", "n", 0)).toBe(true);
    expect(memory.use("AK2", "n", 0)).toBe(true);
    expect(memory.use("AK1", "n", 0)).toBe(false);
  });

  it("takes as much as its number needs, however many nonces come", () => {
    const memory = new NonceMemory(WINDOW_MS, 2 ** 12);
    const after: number[] = [];
    for (let n = 1; n <= 2 ** 15; n += 1) {
      memory.use("AK", `n${n}`, 0);
      if ([2 ** 13, 2 ** 14, 2 ** 15].includes(n)) {
        after.push(memory.bytes);
      }
    }
    // A table of twice as many slots, eight bytes each, for each of two generations.
    const most = 2 * 2 ** 12 * 2 * 8;
    expect(after).toEqual([most, most, most]);
  });
});

describe("a set of digests", () => {
  const digest = (text: string) => createHash("sha256").update(text).digest();

  it("knows what a set of the same texts knows", () => {
    const set = new DigestSet();
    const texts = new Set<string>();
    for (let n = 0; n < 5000; n += 1) {
      const text = `text ${(n * 7919) % 3001}`;
      expect(set.has(digest(text))).toBe(texts.has(text));
      set.add(digest(text));
      texts.add(text);
    }
    expect(set.size).toBe(texts.size);
    expect([...texts].every((text) => set.has(digest(text)))).toBe(true);
  });

  it("bears digests that want the same slot, zeros among them", () => {
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 8, max: 1 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 300 }), (digests) => {
        const set = new DigestSet();
        const seen = new Set<string>();
        for (const one of digests) {
          // The lowest bit is the one that is given away.
          const name = [(one[0] ?? 0) | 1, ...one.subarray(1)].join();
          expect(set.has(one)).toBe(seen.has(name));
          set.add(one);
          seen.add(name);
        }
        expect(set.size).toBe(seen.size);
      }),
    );
  });
});
