import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { remember, type TaskHistory } from "../../src/policy/forecast/history.ts";
import type { DecideContext, Decision } from "../../src/policy/state/decision.ts";
import { DEFAULT_WAIT_OPTIONS } from "../../src/policy/state/wait-options.ts";
import type { Task } from "../../src/task/task.ts";

/** A decision in the middle of a wait, to be taken over and over. */
export interface DecisionCase {
  readonly name: string;
  decide(): Decision;
}

const TASK_ID = "t-0000e4w0u1v592zdf6s7";
const BEGAN_MS = Date.UTC(2026, 0, 1);
const options = DEFAULT_WAIT_OPTIONS;

/** From the simplest to all that a decision can depend on. */
export const DECISION_CASES: readonly DecisionCase[] = [
  decisionCase("age alone", [], false),
  decisionCase("age and 50 earlier tasks", fiftyTasks(), false),
  decisionCase("age and progress", [], true),
  decisionCase("age, 50 earlier tasks and progress", fiftyTasks(), true),
];

function decisionCase(name: string, history: TaskHistory, hasProgress: boolean): DecisionCase {
  const poll = (seconds: number): Task => ({
    taskId: TASK_ID,
    taskType: "UPDATE_RESOURCES",
    taskStatus: "RUNNING",
    startTime: BEGAN_MS / 1000,
    ...(hasProgress ? { progress: Math.floor(60 * seconds + 40 * Math.sin(seconds)) } : {}),
  });
  const context = (seconds: number): DecideContext => ({
    nowMs: BEGAN_MS + 1000 * seconds,
    random: () => 0.37,
    options,
    callMs: 80,
    history,
  });
  let state = beginWait(TASK_ID, { nowMs: BEGAN_MS, options, justStarted: true });
  for (let seconds = 2; seconds < 60; seconds += 3) {
    ({ state } = decide(state, { kind: "task", task: poll(seconds) }, context(seconds)));
  }
  const [observation, last] = [{ kind: "task", task: poll(62) } as const, context(62)];
  return { name, decide: () => decide(state, observation, last) };
}

function fiftyTasks(): TaskHistory {
  const task: Task = { taskId: TASK_ID, taskType: "UPDATE_RESOURCES", taskStatus: "COMPLETE" };
  let history: TaskHistory = [];
  for (let i = 0; i < 50; i++) {
    history = remember(history, task, { duration: 60 + 3 * i, reliability: 1 });
  }
  return history;
}
