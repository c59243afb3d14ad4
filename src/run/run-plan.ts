import type { TaskWaiter } from "../engine/task-waiter.ts";
import type { ResolvedWaitOptions } from "../policy/state/wait-options.ts";
import type { TaskSource } from "../task/source.ts";
import type { Task } from "../task/task.ts";
import type { RunCheckpoint } from "./run-state.ts";
import type { TaskStart } from "./start/task-start.ts";

/** A run's options, checked and complete, and the state it begins with. */
export interface RunPlan {
  readonly start: TaskStart;
  readonly waiter: TaskWaiter;
  readonly waitOptions: ResolvedWaitOptions;
  readonly attempts: number;
  readonly taskType: string | undefined;
  readonly source: TaskSource | undefined;
  readonly isOurs: ((task: Task) => boolean) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly state: RunCheckpoint;
}
