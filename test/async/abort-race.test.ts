import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { abortRace } from "../../src/async/abort-race.ts";

const never = () => new Promise<never>(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("abortRace", () => {
  it("gives the work's result or error, also one thrown at once, and leaves no listener", async () => {
    const { signal } = new AbortController();
    expect(await abortRace(signal, async () => 7)).toBe(7);
    const throwing = abortRace(signal, () => {
      throw new Error("own");
    });
    await expect(throwing).rejects.toThrow("own");
    await vi.advanceTimersByTimeAsync(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("ends with an abort's own reason", async () => {
    const controller = new AbortController();
    const race = abortRace(controller.signal, never);
    controller.abort("gone");
    await expect(race).rejects.toBe("gone");
    await expect(abortRace(controller.signal, never)).rejects.toBe("gone");
  });
});
