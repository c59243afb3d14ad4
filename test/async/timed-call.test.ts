import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CallContext, timedCall } from "../../src/async/timed-call.ts";

const never = () => new Promise<never>(() => undefined);
const late = () => new Error("late");
const bounded = <T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
) => timedCall(({ signal: own }) => work(own), { timeoutMs, signal, onTimeout: late }).promise;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("timedCall", () => {
  it("gives the work's result or error, and leaves no timer and no listener", async () => {
    const { signal } = new AbortController();
    expect(await bounded(100, signal, async () => 7)).toBe(7);
    const failed = bounded(100, signal, () => Promise.reject(new Error("own")));
    await expect(failed).rejects.toThrow("own");
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("gives what the work throws at once, and leaves no timer then, either", async () => {
    const thrown = bounded(100, undefined, () => {
      throw new Error("at once");
    });
    await expect(thrown).rejects.toThrow("at once");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends at the deadline, not before, and tells the work", async () => {
    let inner: AbortSignal | undefined;
    let settled = false;
    const call = bounded(100, undefined, (signal) => {
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

  it("can be cancelled without a signal", async () => {
    let inner: AbortSignal | undefined;
    const { promise, cancel } = timedCall(
      (own) => {
        inner = own.signal;
        return never();
      },
      { timeoutMs: 100 },
    );
    const reason = Symbol("mine");
    cancel(reason);
    await expect(promise).rejects.toBe(reason);
    expect(inner?.reason).toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives a signal that has aborted to work that reads it after the end", async () => {
    let options: CallContext | undefined;
    const { promise, cancel } = timedCall((own) => {
      options = own;
      return never();
    }, {});
    cancel("mine");
    cancel("again");
    await expect(promise).rejects.toBe("mine");
    expect(options?.signal.reason).toBe("mine");
  });

  it("has one signal for a call, which a copy of its options has, too", async () => {
    await timedCall(async (own) => {
      expect({ ...own }.signal).toBe(own.signal);
      expect(own.signal.aborted).toBe(false);
    }, {}).promise;
  });

  it("has no time limit unless one is given", async () => {
    const controller = new AbortController();
    const { promise } = timedCall(never, { signal: controller.signal });
    expect(vi.getTimerCount()).toBe(0);
    controller.abort("enough");
    await expect(promise).rejects.toBe("enough");
  });

  it("ends with an abort's own reason in the same turn, and leaves no timer and no listener", async () => {
    const controller = new AbortController();
    const reason = Symbol("mine");
    const call = bounded(100, controller.signal, never);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("doesn't begin the work after an abort", async () => {
    const work = vi.fn(never);
    await expect(bounded(100, AbortSignal.abort("enough"), work)).rejects.toBe("enough");
    expect(work).not.toHaveBeenCalled();
  });

  it("lets work that fails after its end fail in silence", async () => {
    const call = bounded(100, undefined, async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new Error("nobody listens");
    });
    call.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(300);
    await expect(call).rejects.toThrow("late");
  });
});

describe("a process that was stopped until after the limit of a call", () => {
  it("takes the answer that has come meanwhile", async () => {
    let answer: (value: string) => void = () => undefined;
    const call = bounded(5000, undefined, () => new Promise<string>((resolve) => (answer = resolve)));
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 60_000);
    await vi.advanceTimersByTimeAsync(5000);
    // It is read in the turn after the timers'.
    answer("here");

    await expect(call).resolves.toBe("here");
    expect(vi.getTimerCount()).toBe(0);
    vi.restoreAllMocks();
  });

  it("fails the call in the next turn where none has", async () => {
    const call = bounded(5000, undefined, never);
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 60_000);
    const settled = expect(call).rejects.toThrow("late");
    await vi.advanceTimersByTimeAsync(5001);
    await settled;
    vi.restoreAllMocks();
  });
});
