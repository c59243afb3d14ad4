import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import type { TaskSource } from "../task/source.ts";

const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$/;

/**
 * Checks a task id before it becomes part of a path: letters, digits and `-._~:`, beginning with a letter or a
 * digit, 128 characters at most. Documented ids look like `t-0000e4w0u1v592zdf6s7`.
 *
 * @throws {@link InvalidOptionError} for anything else.
 */
export function checkTaskId(taskId: unknown): asserts taskId is string {
  if (typeof taskId !== "string") {
    throw new InvalidOptionError(`taskId must be a string, got ${quoted(taskId)}`);
  }
  if (taskId.trim() === "") {
    throw new InvalidOptionError(`taskId must not be empty, got ${quoted(taskId)}`);
  }
  if (taskId.length > 128) {
    throw new InvalidOptionError(
      `taskId must have at most 128 characters, got ${taskId.length}: ${quoted(taskId)}`,
    );
  }
  if (!TASK_ID.test(taskId) || taskId.includes("..")) {
    throw new InvalidOptionError(
      `taskId must be letters, digits and -._~: beginning with a letter or a digit, got ${quoted(taskId)}`,
    );
  }
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
