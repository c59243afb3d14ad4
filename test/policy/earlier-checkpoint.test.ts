import { describe, expect, it } from "vitest";
import { beginWait, resumeWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { restoreHistory } from "../../src/policy/forecast/history.ts";
import { DEFAULT_WAIT_OPTIONS } from "../../src/policy/state/wait-options.ts";
import type { WaitState } from "../../src/policy/state/wait-state.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import { TASK_ID } from "./observations.ts";

const BEGAN_MS = 1_793_606_400_000;
const START_TIME = 1_793_606_402;

/** As version 0.1.0 wrote it: `lookedAtMs` and `wander` have other names since. */
const CHECKPOINT_OF_0_1_0 = {
  version: 1,
  taskId: TASK_ID,
  startedAtMs: 1793606400000,
  deadlineMs: 1793692800000,
  nextPollAtMs: 1793606420500.9377,
  polls: 4,
  failures: 0,
  failuresInARow: 0,
  throttledInARow: 0,
  contactAtMs: 1793606410120,
  lookedAtMs: 1793606410120,
  callMs: 80,
  task: {
    taskId: TASK_ID,
    taskType: "UPDATE_RESOURCES",
    taskStatus: "RUNNING",
    progress: 2100,
    startTime: START_TIME,
    percent: 21,
  },
  notRunningAtMs: 1793606400080,
  runningAtMs: 1793606404080,
  progressTrack: {
    origin: { atMs: 1793606402500, value: 0 },
    points: [
      { atMs: 1793606406889.1667, value: 1200 },
      { atMs: 1793606409899.524, value: 2100 },
    ],
    lookedAtMs: 1793606410080,
    quantum: 100,
    wander: 24.51771342843631,
    endAtMs: 1793606437029.7993,
    prediction: { remaining: 26.94979931640625, scale: 7.952349612814508 },
  },
  warned: ["ODD"],
};

function afterTheSamePolls(): WaitState {
  let nowMs = BEGAN_MS;
  let state = beginWait(TASK_ID, { nowMs, options: DEFAULT_WAIT_OPTIONS });
  const running = { taskId: TASK_ID, taskType: "UPDATE_RESOURCES", startTime: START_TIME };
  for (const [laterMs, task] of [
    [120, { taskId: TASK_ID, taskType: "UPDATE_RESOURCES", taskStatus: "CREATED" }],
    [4000, { ...running, taskStatus: "RUNNING", progress: 500 }],
    [3000, { ...running, taskStatus: "ODD", progress: 1200 }],
    [3000, { ...running, taskStatus: "RUNNING", progress: 2100 }],
  ] as const) {
    nowMs += laterMs;
    const context = { nowMs, random: () => 0.5, options: DEFAULT_WAIT_OPTIONS, callMs: 80 };
    state = decide(state, { kind: "task", task: parseTask(task) }, context).state;
  }
  return state;
}

describe("what version 0.1.0 has kept", () => {
  it("resumes as a wait that has made the same polls", () => {
    const nowMs = 1_793_606_410_120;
    const resumed = resumeWait(TASK_ID, { checkpoint: CHECKPOINT_OF_0_1_0, nowMs });
    expect(resumed).toEqual(JSON.parse(JSON.stringify(afterTheSamePolls())));
  });

  it("counts as history", () => {
    const entry = { taskType: "UPDATE_RESOURCES", durations: [10, 12], judged: 2 };
    expect(restoreHistory([{ ...entry, honest: 1.5 }], "TaskWaiter")).toEqual([{ ...entry, reliable: 1.5 }]);
  });
});
