import * as z from "zod/mini";
import { InvalidOptionError } from "../task/errors.ts";
import { printable } from "../task/printable.ts";
import type { Task } from "../task/task.ts";

/** What earlier tasks of one type have taught. Plain JSON. */
export interface TypeHistory {
  /** `""` for tasks that name no type. */
  readonly taskType: string;
  /** Run times in seconds, the newest last, at most {@link MOST_DURATIONS}. */
  readonly durations: readonly number[];
  /** Of how many tasks the progress was compared with the end. */
  readonly judged: number;
  /** How many of those had told the truth; between 0 and `judged`. */
  readonly honest: number;
}

/** What earlier tasks have taught, by type, the type that was seen last at the end. Plain JSON. */
export type TaskHistory = readonly TypeHistory[];

/** How many run times are kept a type: enough for a distribution, few enough to forget how things once were. */
export const MOST_DURATIONS = 50;

const MOST_TYPES = 64;
const LONGEST_TYPE = 200;
// As if ten tasks had been judged before the first, nearly all of them honest.
const PRIOR_JUDGED = 10;
const PRIOR_TRUST = 0.95;
const MOST_TRUST = 0.98;
// A type may change its ways, so what was judged long ago fades.
const MOST_JUDGED = 50;

const share = z.number().check(z.gte(0), z.lte(MOST_JUDGED));

const typeHistory = z
  .object({
    taskType: z.string().check(z.maxLength(LONGEST_TYPE)),
    durations: z.array(z.number().check(z.gt(0), z.lte(1e9))).check(z.maxLength(MOST_DURATIONS)),
    judged: share,
    honest: share,
  })
  .check(z.refine(({ judged, honest }) => honest <= judged, "honest must not exceed judged"));

const taskHistory = z.array(typeHistory).check(z.maxLength(MOST_TYPES));

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

/** What is known of a type; undefined when nothing is. */
export function historyOf(
  history: TaskHistory | undefined,
  taskType: string | undefined,
): TypeHistory | undefined {
  return history?.find((entry) => entry.taskType === (taskType ?? ""));
}

/**
 * How far the progress of a type's tasks is believed: the mean of a Beta distribution that starts at 0.95 with
 * the weight of ten tasks.
 */
export function trustOf(known: TypeHistory | undefined): number {
  const { judged, honest } = known ?? { judged: 0, honest: 0 };
  return Math.min(MOST_TRUST, (PRIOR_TRUST * PRIOR_JUDGED + honest) / (PRIOR_JUDGED + judged));
}

/**
 * The history after one more task. The one given is left as it is.
 *
 * @param history - So far; `[]` at first.
 * @param lesson - What the task taught: its run time in seconds, when known, and how honest its progress was,
 *   between 0 and 1, when it had any.
 */
export function remember(
  history: TaskHistory,
  task: Task,
  { duration, honesty }: { readonly duration?: number; readonly honesty?: number },
): TaskHistory {
  const taskType = task.taskType ?? "";
  if (taskType.length > LONGEST_TYPE || (duration === undefined && honesty === undefined)) {
    return history;
  }
  const before = historyOf(history, taskType) ?? { taskType, durations: [], judged: 0, honest: 0 };
  const fade = honesty === undefined ? 1 : Math.min(1, (MOST_JUDGED - 1) / before.judged);
  const after: TypeHistory = {
    taskType,
    durations:
      duration === undefined ? before.durations : [...before.durations, duration].slice(-MOST_DURATIONS),
    judged: before.judged * fade + (honesty === undefined ? 0 : 1),
    honest: before.honest * fade + (honesty ?? 0),
  };
  return [...history.filter((entry) => entry !== before), after].slice(-MOST_TYPES);
}
