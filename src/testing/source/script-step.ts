import { invalidOption, unknownOption } from "../../options/check-options.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { TASK_FIELDS } from "../../task/parse-task.ts";
import type { TaskStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";

/** What every step can say of the call that meets it. */
export interface StepTiming {
  /** How long the call takes, in milliseconds. Default 0: it is answered in the same turn. */
  readonly delayMs?: number;
  /** How many calls in a row meet this step. Default 1. */
  readonly times?: number;
}

/** The task has these fields. `percent`, `detail` and `result` are derived, as a real source derives them. */
export interface LookStep
  extends StepTiming,
    Omit<Task, "taskId" | "taskStatus" | "percent" | "detail" | "result"> {
  readonly status: TaskStatus;
  /** Answers with another task than the one asked for. */
  readonly taskId?: string;
}

/** The call rejects with this value. */
export interface ErrorStep extends StepTiming {
  readonly error: unknown;
}

/** The source throws this value itself, without returning a promise. */
export interface ThrowStep extends StepTiming {
  readonly throws: unknown;
}

/** The call is never answered. */
export interface HangStep extends StepTiming {
  /** `"untilAborted"` rejects with the signal's reason when that comes; `"deaf"` does not even then. */
  readonly hangs: "untilAborted" | "deaf";
}

/** The service asks to slow down. */
export interface ThrottledStep extends StepTiming {
  readonly throttled: true;
  /** What the service asks to wait, in milliseconds. Default: it does not say. */
  readonly retryAfterMs?: number;
}

/** The call resolves with this very value, whatever it is. */
export interface RawStep extends StepTiming {
  readonly raw: unknown;
}

/** The steps that need no details: see {@link ScriptStep}. */
export const STEP_WORDS = ["throttled", "notFound", "denied", "unreachable", "hang", "deaf"] as const;

/** One of {@link STEP_WORDS}. */
export type StepWord = (typeof STEP_WORDS)[number];

/**
 * How one call goes. A string is a status in capitals (a task with nothing but that), or one of
 * {@link STEP_WORDS}: `"throttled"`, `"notFound"`, `"denied"` and `"unreachable"` reject as a real source
 * would, `"hang"` is never answered but rejects on abort, and `"deaf"` does not even then.
 */
export type ScriptStep =
  | TaskStatus
  | StepWord
  | LookStep
  | ErrorStep
  | ThrowStep
  | HangStep
  | ThrottledStep
  | RawStep;

/** A {@link ScriptStep} as an object. */
export type FullStep =
  | Exclude<ScriptStep, string>
  | (StepTiming & { readonly word: Exclude<StepWord, "throttled" | "hang" | "deaf"> });

const WORDS: ReadonlySet<string> = new Set(STEP_WORDS);
const STATUS = /^[A-Z][A-Z0-9_]*$/;
const TIMING = ["delayMs", "times"];
/** The name that tells the kind of a step, and what else such a step may have. */
const MARKS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "status",
    TASK_FIELDS.filter((name) => name !== "taskStatus").concat("serviceStatus", "remaining", "pollAfterMs"),
  ],
  ["error", []],
  ["throws", []],
  ["hangs", []],
  ["throttled", ["retryAfterMs"]],
  ["raw", []],
]);

/**
 * Checks a step and spells it out.
 *
 * @param where - Names the step in errors, such as `scripts["t-1"][0]`.
 * @throws `InvalidOptionError` when it is no step.
 */
export function fullStep(step: ScriptStep, where: string): FullStep {
  if (typeof step === "string") {
    return stepOfText(step, where);
  }
  if (typeof step !== "object" || step === null) {
    throw invalidOption(`scriptedSource: ${where}`, "must be a step", step);
  }
  const given = [...MARKS.keys()].filter((mark) => mark in step);
  // What is undefined is absent, unless it is what the step is about: `{ raw: undefined }`.
  const marks = given.length > 1 ? given.filter((mark) => Reflect.get(step, mark) !== undefined) : given;
  const [mark] = marks;
  if (mark === undefined || marks.length !== 1) {
    throw invalidOption(
      `scriptedSource: ${where}`,
      `must have exactly one of ${[...MARKS.keys()].join(", ")}`,
      Object.keys(step).join(", "),
    );
  }
  const known = [mark, ...TIMING, ...(MARKS.get(mark) ?? [])];
  const named = Object.entries(step).filter(([name, value]) => value !== undefined || name === mark);
  const unknown = named.find(([name]) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InvalidOptionError(`scriptedSource: ${where}: ${unknownOption(unknown[0], known)}`);
  }
  checkNumber(step.delayMs, 0, `${where}.delayMs`);
  checkNumber(step.times, 1, `${where}.times`);
  return Object.fromEntries(named) as unknown as FullStep;
}

function stepOfText(text: string, where: string): FullStep {
  if (!WORDS.has(text)) {
    if (!STATUS.test(text)) {
      throw invalidOption(
        `scriptedSource: ${where}`,
        `must be a status in capitals or one of ${STEP_WORDS.join(", ")}`,
        text,
      );
    }
    return { status: text };
  }
  switch (text as StepWord) {
    case "throttled":
      return { throttled: true };
    case "hang":
      return { hangs: "untilAborted" };
    case "deaf":
      return { hangs: "deaf" };
    default:
      return { word: text as "notFound" | "denied" | "unreachable" };
  }
}

function checkNumber(value: unknown, atLeast: number, where: string): void {
  if (value !== undefined && !(typeof value === "number" && value >= atLeast)) {
    throw invalidOption(`scriptedSource: ${where}`, `must be a number of at least ${atLeast}`, value);
  }
}
