import type { Task } from "../../task/task.ts";

/** What earlier tasks of one type have taught. Plain JSON. */
export interface TypeHistory {
  /** `""` for tasks that name no type. */
  readonly taskType: string;
  /** Run times in seconds, the newest last, at most {@link MAX_DURATIONS}. */
  readonly durations: readonly number[];
  /** Of how many tasks the progress was compared with the end. */
  readonly judged: number;
  /** How many of those had told the truth; between 0 and `judged`. */
  readonly honest: number;
}

/** What earlier tasks have taught, by type, the type that was seen last at the end. Plain JSON. */
export type TaskHistory = readonly TypeHistory[];

/** How many run times are kept a type: enough for a distribution, few enough to forget how things once were. */
export const MAX_DURATIONS = 50;

/** Of how many types something is kept. */
export const MAX_TYPES = 64;

/** Of a type with a longer name nothing is kept. */
export const MAX_TYPE = 200;

/** How much of what was judged counts: a type may change its ways, so what was judged long ago fades. */
export const MAX_JUDGED = 50;

// As if ten tasks had been judged before the first, nearly all of them honest.
const PRIOR_JUDGED = 10;
const PRIOR_TRUST = 0.95;
const MAX_TRUST = 0.98;

/** What is known of a type; undefined when nothing is. */
export function historyOf(history: TaskHistory | undefined, taskType = ""): TypeHistory | undefined {
  return history?.find((entry) => entry.taskType === taskType);
}

/**
 * How far the progress of a type's tasks is believed: the mean of a Beta distribution that starts at 0.95 with
 * the weight of ten tasks.
 */
export function trustOf(known: TypeHistory | undefined): number {
  return known === undefined
    ? PRIOR_TRUST
    : Math.min(MAX_TRUST, (PRIOR_TRUST * PRIOR_JUDGED + known.honest) / (PRIOR_JUDGED + known.judged));
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
  { duration, honesty }: { readonly duration?: number | undefined; readonly honesty?: number | undefined },
): TaskHistory {
  const taskType = task.taskType ?? "";
  if (taskType.length > MAX_TYPE || (duration === undefined && honesty === undefined)) {
    return history;
  }
  const before = historyOf(history, taskType) ?? { taskType, durations: [], judged: 0, honest: 0 };
  const fade = honesty === undefined ? 1 : Math.min(1, (MAX_JUDGED - 1) / before.judged);
  const after: TypeHistory = {
    taskType,
    durations:
      duration === undefined ? before.durations : [...before.durations, duration].slice(-MAX_DURATIONS),
    judged: before.judged * fade + (honesty === undefined ? 0 : 1),
    honest: before.honest * fade + (honesty ?? 0),
  };
  return [...history.filter((entry) => entry !== before), after].slice(-MAX_TYPES);
}
