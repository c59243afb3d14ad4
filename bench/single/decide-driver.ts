import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { rememberWait } from "../../src/policy/decide/learn-from-wait.ts";
import type { TaskHistory } from "../../src/policy/forecast/history.ts";
import type { ResolvedWaitOptions } from "../../src/policy/state/wait-options.ts";
import type { Random } from "./seeded.ts";
import { normal } from "./seeded.ts";
import { roundTripMs, type SimulatedTask, taskAt } from "./simulated-task.ts";

/** What one wait cost. */
export interface WaitCost {
  readonly calls: number;
  /** Seconds from the task's end to its being noticed. */
  readonly lateness: number;
  /** Seconds. */
  readonly duration: number;
}

export interface DriveOptions {
  readonly options: ResolvedWaitOptions;
  readonly random: Random;
  readonly history: TaskHistory;
  /** The wait begins at this moment; the task has just started when it is `startsAtMs`. */
  readonly beginsAtMs: number;
  readonly clockOffsetMs?: number;
  readonly networkRandom: Random;
}

/** The smallest driver there is: no promises, no timers, only the policy. A cross-check of the engine. */
export function driveDecide(
  task: SimulatedTask,
  { options, random, history, beginsAtMs, clockOffsetMs, networkRandom }: DriveOptions,
): { readonly cost: WaitCost; readonly history: TaskHistory } {
  const justStarted = beginsAtMs === task.startsAtMs ? { justStarted: { taskType: task.taskType } } : {};
  let state = beginWait(task.taskId, { nowMs: beginsAtMs, options, history, ...justStarted });
  let nowMs = state.nextPollAtMs;
  for (let calls = 1; ; calls++) {
    const callMs = roundTripMs(normal(networkRandom));
    const seen = taskAt(task, nowMs + callMs / 2);
    nowMs += callMs;
    const decision = decide(
      state,
      { kind: "task", task: seen },
      { nowMs, random, options, callMs, history, ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }) },
    );
    if (decision.kind === "settle") {
      const duration = (task.endsAtMs - task.startsAtMs) / 1000;
      return {
        cost: { calls, lateness: (nowMs - task.endsAtMs) / 1000, duration },
        history: rememberWait(history, decision.state),
      };
    }
    state = decision.state;
    nowMs += decision.delayMs;
  }
}
