import * as z from "zod/mini";
import { issueText } from "../../options/check-options.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import type { Task } from "../../task/task.ts";
import { withRenamedFields } from "./renamed-fields.ts";

/** What is known from earlier tasks of one type. Plain JSON. */
export interface TypeHistory {
  /** `""` for tasks that name no type. */
  readonly taskType: string;
  /** Run times in seconds, the newest last, at most {@link MAX_DURATIONS}. */
  readonly durations: readonly number[];
  /** For how many tasks the predicted end was compared with the real end. */
  readonly judged: number;
  /** For how many of these the prediction was right; between 0 and `judged`. */
  readonly reliable: number;
  /** The same two of the service's own estimates; absent where it gave none. */
  readonly estimates?: Judged | undefined;
}

/** How often something was compared with the real end, and how often it was right; old comparisons fade. */
export interface Judged {
  readonly judged: number;
  /** Between 0 and `judged`. */
  readonly reliable: number;
}

/** What is known from earlier tasks, by type; the type that was seen last comes last. Plain JSON. */
export type TaskHistory = readonly TypeHistory[];

/** Run times kept for each type: enough for a distribution, few enough to forget an old state of the service. */
export const MAX_DURATIONS = 50;

/** The most types of tasks of which something is kept. */
export const MAX_TYPES = 64;
// Nothing is kept of a type with a longer name.
const MAX_TYPE_LENGTH = 200;
// A type may change, so old comparisons fade.
const MAX_JUDGED = 50;
const MAX_DURATION_S = 1e9;

// As if ten tasks were compared before the first, and 9.5 of the predictions were right.
const PRIOR_JUDGED = 10;
const PRIOR_RELIABILITY = 0.95;
const MAX_RELIABILITY = 0.98;
// Nobody knows how a service estimates: the first tasks of a type decide soon.
const PRIOR_ESTIMATES = 5;
const PRIOR_ESTIMATE_RELIABILITY = 0.8;

/** What is known of a type; undefined when nothing is. */
export function historyOf(history: TaskHistory | undefined, taskType = ""): TypeHistory | undefined {
  return history?.find((entry) => entry.taskType === taskType);
}

/**
 * The reliability of the progress of a type's tasks, 0 to 1: the mean of a Beta distribution that starts at 0.95
 * with the weight of ten tasks.
 */
export function reliabilityOf(known: Judged | undefined): number {
  return meanReliability(known, PRIOR_JUDGED, PRIOR_RELIABILITY);
}

/** The same of the service's own estimates, which starts at 0.8 with the weight of five tasks. */
export function estimateReliability(known: TypeHistory | undefined): number {
  return meanReliability(known?.estimates, PRIOR_ESTIMATES, PRIOR_ESTIMATE_RELIABILITY);
}

function meanReliability(known: Judged | undefined, weight: number, prior: number): number {
  return known === undefined
    ? prior
    : Math.min(MAX_RELIABILITY, (prior * weight + known.reliable) / (weight + known.judged));
}

/** What one task adds to the history. */
export interface TaskRecord {
  /** Its run time in seconds, when known. */
  readonly duration?: number | undefined;
  /** How well its progress predicted its end, 0 to 1; absent when it had no prediction. */
  readonly reliability?: number | undefined;
  /** How well the service's estimates did, 0 to 1; absent when there were none. */
  readonly estimateReliability?: number | undefined;
}

/**
 * The history after one more task.
 *
 * @param history - So far; `[]` at first. It is not changed.
 */
export function remember(
  history: TaskHistory,
  task: Task,
  { duration, reliability, estimateReliability: ofEstimates }: TaskRecord,
): TaskHistory {
  const taskType = task.taskType ?? "";
  if (taskType.length > MAX_TYPE_LENGTH || (duration ?? reliability ?? ofEstimates) === undefined) {
    return history;
  }
  const before = historyOf(history, taskType) ?? newType(taskType);
  const after: TypeHistory = {
    ...before,
    durations:
      duration === undefined ? before.durations : [...before.durations, duration].slice(-MAX_DURATIONS),
    ...(reliability === undefined ? {} : judgedAgain(before, reliability)),
    ...(ofEstimates === undefined ? {} : { estimates: judgedAgain(before.estimates, ofEstimates) }),
  };
  return [...history.filter((entry) => entry !== before), after].slice(-MAX_TYPES);
}

function judgedAgain({ judged, reliable }: Judged = { judged: 0, reliable: 0 }, reliability: number): Judged {
  const fade = Math.min(1, (MAX_JUDGED - 1) / judged);
  return { judged: judged * fade + 1, reliable: reliable * fade + reliability };
}

/**
 * The history with run times that are older than all that it has of the type.
 *
 * @param durations - In seconds, the newest last.
 */
export function rememberEarlier(
  history: TaskHistory,
  taskType: string | undefined,
  durations: readonly number[],
): TaskHistory {
  const usable = durations.filter((duration) => duration > 0 && duration <= MAX_DURATION_S);
  const before = historyOf(history, taskType) ?? newType(taskType);
  if (usable.length === 0 || before.taskType.length > MAX_TYPE_LENGTH) {
    return history;
  }
  const after = { ...before, durations: [...usable, ...before.durations].slice(-MAX_DURATIONS) };
  return [...history.filter((entry) => entry !== before), after].slice(-MAX_TYPES);
}

function newType(taskType = ""): TypeHistory {
  return { taskType, durations: [], judged: 0, reliable: 0 };
}

const share = z.number().check(z.gte(0), z.lte(MAX_JUDGED));

const isJudged = z.refine<Judged>(
  ({ judged, reliable }) => reliable <= judged,
  "reliable must not exceed judged",
);

const typeHistory = z
  .object({
    taskType: z.string().check(z.maxLength(MAX_TYPE_LENGTH)),
    durations: z.array(z.number().check(z.gt(0), z.lte(MAX_DURATION_S))).check(z.maxLength(MAX_DURATIONS)),
    judged: share,
    reliable: share,
    estimates: z.optional(z.object({ judged: share, reliable: share }).check(isJudged)),
  })
  .check(isJudged);

const taskHistory = z
  .array(withRenamedFields(typeHistory, { honest: "reliable" }))
  .check(z.maxLength(MAX_TYPES));
/**
 * Checks a history that comes from outside.
 *
 * @throws {@link InvalidOptionError} naming the action and what is wrong where.
 */
export function restoreHistory(history: unknown, action: string): TaskHistory {
  const parsed = z.safeParse(taskHistory, history);
  if (!parsed.success) {
    throw new InvalidOptionError(`${action}: history: ${issueText(parsed.error.issues[0])}`);
  }
  return parsed.data;
}
