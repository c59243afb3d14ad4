import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { resolveWaitOptions } from "../../src/policy/state/wait-options.ts";
import { type Entry, pollBatch, RETRY_AFTER_MS } from "../../src/restate/batch.ts";
import type { Slot } from "../../src/restate/handlers.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import type { TaskSource } from "../../src/task/source.ts";

const START_MS = Date.UTC(2026, 0, 1);
const options = resolveWaitOptions({});
const slotAt = (inMs: number): Slot => ({
  bookedAtMs: START_MS,
  atMs: START_MS + inMs,
  everyMs: 20,
  backlogMs: 0,
});
const alive = (): AbortSignal => new AbortController().signal;

function entries(count: number): Entry[] {
  return Array.from({ length: count }, (_, n) => ({
    taskId: `t-${n}`,
    waits: [{ awakeableId: `a-${n}`, state: beginWait(`t-${n}`, { nowMs: START_MS, options }), options }],
  }));
}

/** A source that tells when it was called about which task. */
function countedSource() {
  const calls: { readonly taskId: string; readonly atMs: number }[] = [];
  const source: TaskSource = {
    describe: (taskId) => {
      calls.push({ taskId, atMs: Date.now() - START_MS });
      return Promise.resolve(parseTask({ taskId, taskStatus: "RUNNING" }));
    },
  };
  return { source, calls };
}

describe("a batch of polls", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START_MS });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("polls each task in its turn", async () => {
    const { source, calls } = countedSource();
    const batch = pollBatch(source, entries(3), slotAt(50), alive());
    await vi.advanceTimersByTimeAsync(200);
    expect(calls.map(({ atMs }) => atMs)).toEqual([50, 70, 90]);
    expect(Object.keys((await batch).steps)).toEqual(["t-0", "t-1", "t-2"]);
  });

  it("leaves out whose turn was more than a tenth of a second ago, so that late calls do not come at once", async () => {
    const { source, calls } = countedSource();
    // Turns 200, 180, ... 20 ms ago, and now.
    const batch = pollBatch(source, entries(11), slotAt(-200), alive());
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.map(({ taskId }) => taskId)).toEqual(["t-5", "t-6", "t-7", "t-8", "t-9", "t-10"]);
    expect(Object.keys((await batch).steps)).toHaveLength(6);
  });

  it("calls for no booking twice when its process was killed and another one goes on", async () => {
    for (let killMs = 0; killMs <= 400; killMs += 10) {
      vi.setSystemTime(START_MS);
      const { source, calls } = countedSource();
      const killed = new AbortController();
      void pollBatch(source, entries(20), slotAt(0), killed.signal);
      await vi.advanceTimersByTimeAsync(killMs);
      killed.abort();
      await vi.advanceTimersByTimeAsync(RETRY_AFTER_MS);
      void pollBatch(source, entries(20), slotAt(0), alive());
      await vi.advanceTimersByTimeAsync(1000);
      expect(new Set(calls.map(({ taskId }) => taskId)).size).toBe(calls.length);
    }
  });

  it("makes no further call when one is throttled, and tells for how long", async () => {
    const { calls } = countedSource();
    const source: TaskSource = {
      describe: (taskId) => {
        calls.push({ taskId, atMs: Date.now() - START_MS });
        return Promise.reject(Object.assign(new Error("Throttling.User"), { code: "Throttling.User" }));
      },
    };
    const batch = pollBatch(source, entries(5), slotAt(0), alive());
    await vi.advanceTimersByTimeAsync(200);
    expect(calls).toHaveLength(1);
    expect((await batch).pauseMs).toBe(1000);
  });
});
