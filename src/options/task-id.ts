import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import type { TaskSource } from "../task/source.ts";
import { invalidOption } from "./check-options.ts";

const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$/;

/**
 * Checks a task id before it becomes part of a path: letters, digits and `-._~:`, beginning with a letter or a
 * digit, 128 characters at most. Documented ids look like `t-0000e4w0u1v592zdf6s7`.
 *
 * @throws {@link InvalidOptionError} for anything else.
 */
export function checkTaskId(taskId: unknown): asserts taskId is string {
  if (typeof taskId !== "string") {
    throw invalidOption("taskId", "must be a string", taskId);
  }
  if (taskId.trim() === "") {
    throw invalidOption("taskId", "must not be empty", taskId);
  }
  if (taskId.length > 128) {
    throw new InvalidOptionError(
      `taskId must have at most 128 characters, got ${taskId.length}: ${quoted(taskId)}`,
    );
  }
  if (!isBdrcTaskId(taskId)) {
    throw invalidOption(
      "taskId",
      "must be letters, digits and -._~: beginning with a letter or a digit",
      taskId,
    );
  }
}

/**
 * Whether BDRC can be asked for a task of this id.
 *
 * @hidden Exported for the command.
 */
export function isBdrcTaskId(taskId: string): boolean {
  return TASK_ID.test(taskId) && !taskId.includes("..");
}

/**
 * Checks an id by the source's own rule, or by BDRC's where it has none.
 *
 * @throws {@link InvalidOptionError} naming the rule and the value.
 */
export function checkIdFor(
  source: Pick<TaskSource, "checkTaskId">,
  taskId: unknown,
): asserts taskId is string {
  if (source.checkTaskId === undefined) {
    checkTaskId(taskId);
  } else {
    source.checkTaskId(taskId);
  }
}
