import { describe, expect, it } from "vitest";
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

  it("holds twice its number at most, however many nonces come and however long they are", () => {
    const memory = new NonceMemory(WINDOW_MS, 100);
    const long = "n".repeat(16_000);
    let max = 0;
    for (let n = 0; n < 1000; n += 1) {
      expect(memory.use("AK", `${long}${n}`, 0)).toBe(true);
      max = Math.max(max, memory.size);
    }
    expect(max).toBe(200);
  });
});
