import { TaskGroupWait } from "../engine/wait/group-wait.ts";
import { invalidOption } from "../options/check-options.ts";
import { checkIdFor } from "../options/task-id.ts";
import { InvalidOptionError } from "../task/errors.ts";
import type { TaskWithResult } from "../task/task.ts";
import { sharedWaiter } from "./shared-waiter.ts";
import { splitOptions, WAIT_FOR_TASK_OPTION_NAMES, type WaitForTaskOptions } from "./wait-for-task.ts";

/** How to wait for several tasks: as for one, for each of them. */
export interface WaitForTasksOptions<Result = unknown> extends Omit<WaitForTaskOptions<Result>, "resume"> {
  /**
   * The first wait that does not end with a completed task ends all others, as `aborted`, and the group rejects with its
   * error. Default false.
   */
  readonly failFast?: boolean | undefined;
}

const NAMES: ReadonlySet<string> = new Set([...WAIT_FOR_TASK_OPTION_NAMES, "failFast"]);

/**
 * Waits until all of several tasks have ended. One that fails neither ends the other waits nor hides their
 * outcomes, unless `failFast` says that one is enough.
 *
 * @param taskIds - At least one; an id that is there twice costs no more calls than once.
 * @param options - As for {@link waitForTask}; they hold for each of the waits. `resume` is not among them, `failFast` is.
 * @returns A promise of the tasks in the order of the ids, which rejects, after the last has ended, with the
 * error of the first (in that order) that did not complete.
 * @throws {@link InvalidOptionError} at once for a bad id or option, before any wait begins.
 *
 * @example
 * ```ts
 * for await (const { taskId, outcome } of waitForTasks(ids)) {
 *   console.log(taskId, outcome.kind);
 * }
 * ```
 */
export function waitForTasks<Result = unknown>(
  taskIds: Iterable<string>,
  options: WaitForTasksOptions<Result> = {},
): TaskGroupWait<TaskWithResult<Result>> {
  const action = "waitForTasks";
  if (typeof taskIds === "string" || typeof taskIds?.[Symbol.iterator] !== "function") {
    throw invalidOption(`${action}: taskIds`, "must be a list of ids", taskIds);
  }
  const ids = [...taskIds];
  if (ids.length === 0) {
    throw new InvalidOptionError(`${action}: taskIds must have at least one id, got none`);
  }
  const { target, waitOptions } = splitOptions(options, action, NAMES);
  const { failFast = false, ...each } = waitOptions;
  if (typeof failFast !== "boolean") {
    throw invalidOption(`${action}: failFast`, "must be true or false", failFast);
  }
  if (each.resume !== undefined) {
    throw new InvalidOptionError(`${action}: resume is for one wait; resume each task with waitForTask`);
  }
  const waiter = sharedWaiter(target, action);
  for (const id of ids) {
    checkIdFor(waiter.source, id);
  }
  return new TaskGroupWait(
    ids.map((id) => waiter.wait(id, each)),
    failFast,
  );
}
