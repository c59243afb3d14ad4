import { taskOutcome } from "taskwait/temporal/workflow";

// How a task ended, with what it takes to tell failures apart.
export async function followTask(taskId, request = {}, options = {}) {
  const outcome = await taskOutcome({ taskId, timeout: "2h", ...request }, options);
  return outcome.kind === "complete"
    ? { kind: outcome.kind, taskId: outcome.task.taskId }
    : { kind: outcome.kind, code: outcome.error.code, retryable: outcome.error.retryable ?? null };
}
