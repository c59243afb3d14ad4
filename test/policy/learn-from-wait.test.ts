import { describe, expect, it } from "vitest";
import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { rememberWait } from "../../src/policy/decide/learn-from-wait.ts";
import { historyOf, type TaskHistory } from "../../src/policy/forecast/history.ts";
import { DEFAULT_WAIT_OPTIONS } from "../../src/policy/state/wait-options.ts";
import type { WaitState } from "../../src/policy/state/wait-state.ts";
import type { Task } from "../../src/task/task.ts";

const TASK_ID = "t-0000e4w0u1v592zdf6s7";
const BEGAN_MS = 1_700_000_000_000;

/** The state of a wait on a task that was seen so, at these seconds. */
function seen(...polls: readonly (readonly [seconds: number, fields: Partial<Task>])[]): WaitState {
  const options = DEFAULT_WAIT_OPTIONS;
  let state = beginWait(TASK_ID, { nowMs: BEGAN_MS, options, justStarted: true });
  for (const [seconds, fields] of polls) {
    const task: Task = { taskId: TASK_ID, taskType: "A", taskStatus: "RUNNING", ...fields };
    const context = { nowMs: BEGAN_MS + 1000 * seconds, random: () => 0.5, options };
    ({ state } = decide(state, { kind: "task", task }, context));
  }
  return state;
}

const learned = (state: WaitState, history: TaskHistory = []) => historyOf(rememberWait(history, state), "A");
const startTime = BEGAN_MS / 1000;

describe("what a task teaches when it has ended", () => {
  it("is how long it ran by its own clock", () => {
    const state = seen([5, {}], [99, { taskStatus: "COMPLETE", startTime, completeTime: startTime + 42 }]);
    expect(learned(state)?.durations).toEqual([42]);
  });

  it("is taken from our own polls when the service tells no times", () => {
    const [duration] = learned(seen([5, {}], [60, { taskStatus: "FAILED" }]))?.durations ?? [];
    expect(duration).toBeGreaterThan(55);
    expect(duration).toBeLessThanOrEqual(60);
  });

  it("is nothing when nobody saw it run and it tells no times", () => {
    expect(rememberWait([], seen([60, { taskStatus: "COMPLETE" }]))).toEqual([]);
  });

  it("is not 0: what the service's seconds can't tell apart took half a second", () => {
    const times = { startTime, completeTime: startTime };
    expect(learned(seen([5, { taskStatus: "COMPLETE", ...times }]))?.durations).toEqual([0.5]);
  });

  it.each([["EXPIRED"], ["CANCELED"], ["RUNNING"]])("is nothing when it is %s", (taskStatus) => {
    const times = { startTime, completeTime: startTime + 10 };
    expect(rememberWait([], seen([5, {}], [60, { taskStatus, ...times }]))).toEqual([]);
  });

  it("is that progress was reliable when the task ended where it was foretold", () => {
    const even = [20, 40, 60, 80].map((s) => [s, { progress: 100 * s }] as const);
    expect(learned(seen(...even, [102, { taskStatus: "COMPLETE" }]))).toMatchObject({
      judged: 1,
      reliable: 1,
    });
  });

  it("is that progress lied when the task ended long before", () => {
    const slow = [20, 40, 60, 80].map((s) => [s, { progress: 2 * s }] as const);
    const known = learned(seen(...slow, [102, { taskStatus: "COMPLETE" }]));
    expect(known?.judged).toBe(1);
    expect(known?.reliable).toBeLessThan(0.2);
  });

  it("says nothing of a progress that there was none of", () => {
    expect(learned(seen([20, {}], [40, { taskStatus: "COMPLETE" }]))).toMatchObject({
      judged: 0,
      reliable: 0,
    });
  });
});
