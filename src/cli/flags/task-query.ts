import { TASK_STATUSES } from "../../index.ts";
import { badValue } from "../errors/usage-error.ts";
import type { TaskQueryFlags } from "./task-query-flags.ts";

/**
 * Which tasks the flags mean.
 *
 * @throws {@link UsageError} for a status that there is not.
 */
export function taskQueryOf({ status, type }: TaskQueryFlags): {
  readonly taskStatus?: string;
  readonly taskType?: string;
} {
  return {
    ...(status === undefined ? {} : { taskStatus: statusOf(status) }),
    ...(type === undefined ? {} : { taskType: type }),
  };
}

function statusOf(text: string): string {
  const status = text.toUpperCase();
  if (!TASK_STATUSES.some((known) => known === status)) {
    throw badValue("--status", `must be one of ${TASK_STATUSES.join(", ")}`, text);
  }
  return status;
}
