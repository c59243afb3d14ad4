import { sleep } from "../../async/sleep.ts";
import { AccessDeniedError, BdrcApiError, TaskNotFoundError, UnreachableError } from "../../task/errors.ts";
import { parseTask } from "../../task/parse-task.ts";
import { printable } from "../../task/printable.ts";
import type { Task } from "../../task/task.ts";
import type { FullStep, LookStep } from "./script-step.ts";

/**
 * Plays one step as the answer to one call.
 *
 * @throws What a {@link ThrowStep} says, at once; everything else goes into the promise.
 */
export function playStep(step: FullStep, taskId: string, signal: AbortSignal | undefined): Promise<Task> {
  if ("throws" in step) {
    throw step.throws;
  }
  if ("hangs" in step) {
    return step.hangs === "deaf" ? new Promise<never>(() => {}) : rejectOnAbort(signal);
  }
  const delayMs = step.delayMs ?? 0;
  return delayMs === 0 && signal?.aborted !== true
    ? answer(step, taskId)
    : afterDelay(delayMs, signal, () => answer(step, taskId));
}

/** The task that a step shows; undefined when the step shows none. */
export function taskOf(step: FullStep, taskId: string): Task | undefined {
  return "status" in step ? makeTask(step, taskId) : undefined;
}

async function answer(step: FullStep, taskId: string): Promise<Task> {
  if ("status" in step) {
    return makeTask(step, taskId);
  }
  if ("raw" in step) {
    return step.raw as Task;
  }
  if ("error" in step) {
    throw step.error;
  }
  if ("throttled" in step) {
    const { retryAfterMs } = step;
    const details = { httpStatus: 400, apiCode: "Throttling.User", taskId };
    throw new BdrcApiError("scripted: Request was denied due to user flow control.", {
      ...details,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  throw errorOfWord("word" in step ? step.word : "unreachable", taskId);
}

function errorOfWord(word: "notFound" | "denied" | "unreachable", taskId: string): Error {
  switch (word) {
    case "notFound":
      return new TaskNotFoundError(`scripted: there is no task ${printable(taskId)}`, { taskId });
    case "denied":
      return new AccessDeniedError("scripted: the specified AccessKey ID is disabled", { taskId });
    case "unreachable":
      return new UnreachableError("scripted: the connection was refused", { taskId });
  }
}

function makeTask({ status, delayMs: _delay, times: _times, ...fields }: LookStep, taskId: string): Task {
  return parseTask({ taskId, ...fields, taskStatus: status });
}

function rejectOnAbort(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
    }
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function afterDelay(
  delayMs: number,
  signal: AbortSignal | undefined,
  then: () => Promise<Task>,
): Promise<Task> {
  await sleep(delayMs, signal);
  return then();
}
