import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pause } from "../../src/durable/pause.ts";

describe("a pause", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("takes its time, and not more", async () => {
    let isOver = false;
    void pause(1000).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
  });

  it("ends at once with its signal, before or meanwhile, and leaves no timer", async () => {
    await pause(1000, AbortSignal.abort());
    const controller = new AbortController();
    const pausing = pause(1000, controller.signal);
    controller.abort();
    await pausing;
    expect(vi.getTimerCount()).toBe(0);
  });
});
