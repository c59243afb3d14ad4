import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { abortRace } from "../../src/bdrc/abort-race.ts";
import { withinDeadline } from "../../src/bdrc/deadline.ts";

const never = () => new Promise<never>(() => undefined);
const late = () => new Error("late");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("withinDeadline", () => {
  it("gives the work's result or error, and leaves no timer and no listener", async () => {
    const { signal } = new AbortController();
    expect(await withinDeadline(100, signal, late, async () => 7)).toBe(7);
    const failed = withinDeadline(100, signal, late, () => Promise.reject(new Error("own")));
    await expect(failed).rejects.toThrow("own");
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("ends at the deadline, not before, and tells the work", async () => {
    let inner: AbortSignal | undefined;
    let settled = false;
    const call = withinDeadline(100, undefined, late, (signal) => {
      inner = signal;
      return never();
    });
    call.catch(() => {
      settled = true;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect([settled, inner?.aborted]).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(1);
    await expect(call).rejects.toThrow("late");
    expect(inner?.aborted).toBe(true);
  });

  it("ends with an abort's own reason in the same turn, and leaves no timer and no listener", async () => {
    const controller = new AbortController();
    const reason = Symbol("mine");
    const call = withinDeadline(100, controller.signal, late, never);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("doesn't begin the work after an abort", async () => {
    const work = vi.fn(never);
    await expect(withinDeadline(100, AbortSignal.abort("gone"), late, work)).rejects.toBe("gone");
    expect(work).not.toHaveBeenCalled();
  });

  it("lets work that fails after its end fail in silence", async () => {
    const call = withinDeadline(100, undefined, late, async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new Error("nobody listens");
    });
    call.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(300);
    await expect(call).rejects.toThrow("late");
  });
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
