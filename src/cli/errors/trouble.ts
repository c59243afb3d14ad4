import { toErrorRecord } from "../../index.ts";
import { describeError } from "./describe-error.ts";

// What differs from call to call and from wait to wait, though the reason is the same.
const OWN = /\brequest [\w-]+|\bafter \d+ failed polls?/g;

/**
 * What is wrong as far as other tasks have the same trouble: one wrong key is told once, not for each of them. The words of
 * a service may name the task, or how many there are, so its code is what counts, where it gives one.
 *
 * @param taskId - The task's own id: on the command line it may be called by its API, too.
 */
export function troubleOf(error: unknown, taskId: string | undefined): string {
  const record = toErrorRecord(error);
  const { httpStatus, apiCode } = record.apiCode === undefined ? (record.cause ?? record) : record;
  if (apiCode !== undefined) {
    return `${record.code} ${httpStatus} ${apiCode}`;
  }
  const message = describeError(error);
  return (taskId === undefined ? message : message.replaceAll(taskId, "")).replace(OWN, "");
}
