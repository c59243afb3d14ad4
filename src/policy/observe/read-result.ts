import { issueText } from "../../options/check-options.ts";
import { toErrorRecord } from "../../task/error-record.ts";
import { printable } from "../../task/printable.ts";
import type { SchemaIssue, SchemaResult, StandardSchema } from "../../task/schema.ts";
import type { Task } from "../../task/task.ts";

/** Why a result does not match, in words; with what the schema threw. */
export interface Mismatch {
  readonly mismatch: string;
  readonly cause?: unknown;
}

/** The task with its result as the schema reads it, or why the result does not match. */
export type ReadResult = { readonly task: Task } | Mismatch;

/**
 * Reads a task's result by a schema, at once or, where the schema is asynchronous, later. It neither throws nor rejects:
 * where the schema does, the result does not match.
 */
export function readResult(schema: StandardSchema<unknown>, task: Task): ReadResult | Promise<ReadResult> {
  const read = (result: SchemaResult<unknown>): ReadResult =>
    result.issues === undefined
      ? { task: { ...task, result: result.value } }
      : { mismatch: describeMismatch(task, result.issues[0]) };
  const failed = (cause: unknown): ReadResult => ({
    mismatch: describeMismatch(task, { message: `the schema failed: ${toErrorRecord(cause).message}` }),
    cause,
  });
  try {
    const result = schema["~standard"].validate(task.result);
    return "then" in result ? Promise.resolve(result).then(read).catch(failed) : read(result);
  } catch (error) {
    return failed(error);
  }
}

/** Such as `the result of task t-1 does not match: result.snapshots[0].id: expected string`. */
function describeMismatch({ taskId }: Task, issue: SchemaIssue | undefined): string {
  return `the result of task ${printable(taskId)} does not match: ${issueText(issue, "result")}`;
}
