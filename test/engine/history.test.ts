import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import type { TaskSource } from "../../src/task/source.ts";
import type { Task } from "../../src/task/task.ts";

const TASK_ID = "t-0000e4w0u1v592zdf6s7";

/** Tasks of one type that run for a minute from the first poll, and count the polls. */
function minuteLong(): { source: TaskSource; calls: () => number; next: () => void } {
  let calls = 0;
  let begunAtMs: number | undefined;
  return {
    calls: () => calls,
    next: () => {
      calls = 0;
      begunAtMs = Date.now();
    },
    source: {
      describe: async (taskId) => {
        calls++;
        begunAtMs ??= Date.now();
        const isOver = Date.now() >= begunAtMs + 60_000;
        const startTime = begunAtMs / 1000;
        const task: Task = { taskId, taskType: "A", taskStatus: isOver ? "COMPLETE" : "RUNNING", startTime };
        return isOver ? { ...task, completeTime: startTime + 60 } : task;
      },
    },
  };
}

async function waitOnce(waiter: TaskWaiter): Promise<void> {
  const wait = waiter.wait(TASK_ID, { justStarted: { taskType: "A" } });
  await vi.advanceTimersByTimeAsync(120_000);
  await wait;
}

describe("what a waiter learns", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("saves calls on the next tasks of the type, and can be handed on as JSON", async () => {
    const { source, calls, next } = minuteLong();
    const waiter = new TaskWaiter({ source, random: () => 0.5 });
    next();
    await waitOnce(waiter);
    const first = calls();
    for (let i = 0; i < 10; i++) {
      next();
      await waitOnce(waiter);
    }
    expect(calls()).toBeLessThan(first / 2);
    expect(waiter.history).toMatchObject([{ taskType: "A", durations: Array(11).fill(60) }]);

    const history = JSON.parse(JSON.stringify(waiter.history));
    const heir = new TaskWaiter({ source, random: () => 0.5, history });
    next();
    await waitOnce(heir);
    expect(calls()).toBeLessThan(first / 2);
  });

  it("is learned once a task, however many wait for it", async () => {
    const { source, next } = minuteLong();
    const waiter = new TaskWaiter({ source });
    next();
    const waits = [waiter.wait(TASK_ID), waiter.wait(TASK_ID), waiter.wait(TASK_ID)];
    await vi.advanceTimersByTimeAsync(120_000);
    await Promise.all(waits);
    expect(waiter.history[0]?.durations).toEqual([60]);
  });

  it("refuses a history that is none, by name", () => {
    const { source } = minuteLong();
    expect(() => new TaskWaiter({ source, history: {} as never })).toThrow(/^TaskWaiter: history: /);
  });
});
