import * as z from "zod/mini";
import { InvalidOptionError } from "../../task/errors.ts";
import { printable } from "../../task/printable.ts";
import { MAX_DURATIONS, MAX_JUDGED, MAX_TYPE, MAX_TYPES, type TaskHistory } from "./history.ts";

const share = z.number().check(z.gte(0), z.lte(MAX_JUDGED));

const typeHistory = z
  .object({
    taskType: z.string().check(z.maxLength(MAX_TYPE)),
    durations: z.array(z.number().check(z.gt(0), z.lte(1e9))).check(z.maxLength(MAX_DURATIONS)),
    judged: share,
    honest: share,
  })
  .check(z.refine(({ judged, honest }) => honest <= judged, "honest must not exceed judged"));

const taskHistory = z.array(typeHistory).check(z.maxLength(MAX_TYPES));

/**
 * Checks a history that comes from outside.
 *
 * @throws {@link InvalidOptionError} naming the action and what is wrong where.
 */
export function restoreHistory(history: unknown, action: string): TaskHistory {
  const parsed = z.safeParse(taskHistory, history);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue === undefined || issue.path.length === 0 ? "" : `${printable(issue.path.join("."))}: `;
    throw new InvalidOptionError(
      `${action}: history: ${path}${printable(issue?.message ?? "not a history")}`,
    );
  }
  return parsed.data;
}
