import type { TaskWait } from "../engine/wait/task-wait.ts";
import { checkOptionNames } from "../options/check-options.ts";
import { TASK_WAIT_OPTION_NAMES, type TaskWaitOptions } from "../policy/state/wait-options.ts";
import type { TaskWithResult } from "../task/task.ts";
import { sharedWaiter, WAIT_TARGET_NAMES, type WaitTarget } from "./shared-waiter.ts";

/** How to wait, and what to poll. */
export interface WaitForTaskOptions<Result = unknown> extends TaskWaitOptions<Result>, WaitTarget {}

/** The names of {@link WaitForTaskOptions}. */
export const WAIT_FOR_TASK_OPTION_NAMES: ReadonlySet<string> = new Set([
  ...TASK_WAIT_OPTION_NAMES,
  ...WAIT_TARGET_NAMES,
]);

/**
 * Waits until a task has ended. Waits that share a client share one rate budget, and two waits on one task
 * cost one poll.
 *
 * @param taskId - Such as `t-0000e4w0u1v592zdf6s7`.
 * @param options - What to poll (`client`, `source` or `waiter`; by default a client made from the
 * environment; `api` for a declared task API) and how to wait.
 * @returns A promise of the completed task, which rejects with {@link TaskFailedError},
 * {@link TaskExpiredError}, {@link TaskCanceledError}, {@link WaitTimeoutError}, {@link TaskNotFoundError},
 * {@link AccessDeniedError}, {@link UnreachableError}, or the reason of an abort.
 * @throws {@link InvalidOptionError} at once for a bad id or option.
 *
 * @example
 * ```ts
 * const task = await waitForTask("t-0000e4w0u1v592zdf6s7", { timeout: "1h" });
 * console.log(task.result);
 * ```
 *
 * @example
 * With `result`, a schema says what the result is; here one of zod.
 * ```ts
 * const { result } = await waitForTask(taskId, { result: z.object({ updated: z.number() }) });
 * console.log(result.updated + 1);
 * ```
 */
export function waitForTask<Result = unknown>(
  taskId: string,
  options: WaitForTaskOptions<Result> = {},
): TaskWait<TaskWithResult<Result>> {
  const { target, waitOptions } = splitOptions(options, "waitForTask");
  return sharedWaiter(target, "waitForTask").wait(taskId, waitOptions);
}

/**
 * Tells what is about the target from what is about the wait, after refusing what is neither.
 *
 * @param names - Of all options.
 */
export function splitOptions<Result, More = unknown>(
  options: WaitForTaskOptions<Result> & More,
  action: string,
  names: ReadonlySet<string> = WAIT_FOR_TASK_OPTION_NAMES,
): {
  readonly target: WaitTarget;
  readonly waitOptions: TaskWaitOptions<Result> & Omit<More, keyof WaitTarget>;
} {
  checkOptionNames(options, names, action);
  const { client, source, waiter, api, set, until, ...waitOptions } = options as WaitForTaskOptions<Result> &
    More;
  return { target: { client, source, waiter, api, set, until }, waitOptions };
}
