import { taskOutcome } from "taskwait/temporal/workflow";

// Waits for a task that something else has started, and tells how it ended.
export async function followTask(taskId) {
  const { kind, task } = await taskOutcome({ taskId, timeout: "2h" });
  return { kind, result: task?.result ?? null };
}
