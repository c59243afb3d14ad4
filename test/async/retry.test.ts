import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FailedAttempt, type RetryOptions, retry } from "../../src/async/retry.ts";

const backoff = { firstMs: 100, factor: 2, maxMs: 300 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Fails with each of these in turn, then succeeds; tells the times of the attempts. */
async function timesOf(failures: readonly unknown[], options: Partial<RetryOptions> = {}) {
  const startMs = Date.now();
  const times: number[] = [];
  const told: FailedAttempt[] = [];
  const end = retry(
    async (number) => {
      times.push(Date.now() - startMs);
      if (number <= failures.length) {
        throw failures[number - 1];
      }
      return number;
    },
    { backoff, onRetry: (failed) => told.push(failed), ...options },
  ).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await vi.advanceTimersByTimeAsync(100_000);
  return { times, told, end: await end };
}

const four = [1, 2, 3, 4].map((n) => new Error(`${n}`));

describe("retry", () => {
  it("pauses by the backoff, never longer than its maximum, and says so before each pause", async () => {
    const { times, told, end } = await timesOf(four);
    expect(times).toEqual([0, 100, 300, 600, 900]);
    expect(told.map(({ delayMs }) => delayMs)).toEqual([100, 200, 300, 300]);
    expect(told.map(({ error }) => error)).toEqual(four);
    expect(end).toEqual({ value: 5 });
  });

  it("goes on where attempts before have led", async () => {
    expect((await timesOf(four.slice(0, 2), { attemptsBefore: 1 })).times).toEqual([0, 200, 500]);
  });

  it("spreads the pauses by the given chance", async () => {
    expect((await timesOf(four.slice(0, 2), { random: () => 0 })).times).toEqual([0, 90, 270]);
    expect((await timesOf(four.slice(0, 2), { random: () => 1 })).times).toEqual([0, 110, 330]);
  });

  it("waits as long as an error asks for, and no less than the backoff", async () => {
    const asked = [1000, 50];
    expect((await timesOf(asked, { retryAfterMs: (error) => error as number })).times).toEqual([
      0, 1000, 1200,
    ]);
  });

  it.each([
    ["a TypeError", new TypeError("mine")],
    ["no error", "text"],
    ["nothing", undefined],
  ])("takes %s as any other failure, and gives it back untouched", async (_, thrown) => {
    expect((await timesOf([thrown])).end).toEqual({ value: 2 });
    const { end, times } = await timesOf([thrown], { shouldRetry: () => false });
    expect(times).toHaveLength(1);
    expect(end).toEqual({ error: thrown });
  });

  it("stops after so many retries, without a pause and without a word", async () => {
    const { times, told, end } = await timesOf(four, { retries: 2 });
    expect(times).toEqual([0, 100, 300]);
    expect(told).toHaveLength(2);
    expect(end).toEqual({ error: four[2] });
  });

  it("ends with the signal's reason: before, in an attempt and in a pause", async () => {
    const reason = Symbol("mine");
    const attempt = vi.fn(() => Promise.reject(new Error("busy")));
    const before = retry(attempt, { backoff, signal: AbortSignal.abort(reason) });
    await expect(before).rejects.toBe(reason);
    expect(attempt).not.toHaveBeenCalled();

    const controller = new AbortController();
    const inAttempt = retry(
      () => {
        controller.abort(reason);
        return Promise.reject(new Error("busy"));
      },
      { backoff, signal: controller.signal },
    );
    await expect(inAttempt).rejects.toBe(reason);

    const later = new AbortController();
    const inPause = retry(attempt, { backoff, signal: later.signal });
    await vi.advanceTimersByTimeAsync(50);
    later.abort(reason);
    await expect(inPause).rejects.toBe(reason);
    expect(attempt).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(later.signal, "abort")).toHaveLength(0);
  });
});
