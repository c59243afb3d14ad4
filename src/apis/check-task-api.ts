import { classifyError } from "../policy/observe/classify-error.ts";
import { isBdrcApiError, isTaskwaitError } from "../task/errors.ts";
import { printable, quoted } from "../task/printable.ts";
import type { Task } from "../task/task.ts";
import { type CompiledApi, compileApi } from "./compile-api.ts";
import { fillExample } from "./fill-example.ts";
import type { Example, ExampleState, TaskApi } from "./format/task-api.ts";
import { readTask } from "./reader/read-answer.ts";
import { optional, optionalText, type Reading } from "./reader/reading.ts";
import { type WordTable, wordsUntil } from "./reader/words.ts";
import { answerError } from "./transport/answer-error.ts";

/** One example, read. */
export interface ExampleReading {
  readonly example: Example;
  /** What it was read as: a state, or the name of an error that is none. */
  readonly state: string;
  readonly task?: Task;
  readonly error?: unknown;
  /** What is wrong; absent when it was read as it must be. */
  readonly problem?: string;
}

/** What the examples of a declaration showed. */
export interface ExamplesReport {
  readonly readings: readonly ExampleReading[];
  /** What is wrong with the examples, and words that no state has. */
  readonly problems: readonly string[];
  /** Keys that give nothing in any example: mistyped, or of what no example shows. */
  readonly notes: readonly string[];
}

const STATES: Readonly<Record<string, ExampleState>> = {
  CREATED: "queued",
  RUNNING: "running",
  COMPLETE: "complete",
  FAILED: "failed",
  CANCELED: "canceled",
  EXPIRED: "expired",
};

/** What an error means for a wait, where an example has no such state. */
const MEANINGS: Readonly<Record<string, string>> = {
  transient: "a passing fault, after which a wait asks again",
  permanent: "a refusal of the call itself, which ends a wait",
};

const VALUES = { id: "t-1", percent: 40, time: "2026-01-02T03:04:05Z" };

/**
 * Checks a declaration whole, reads each of its examples as an answer of the service, and compares it with what it says
 * it is. Makes no call.
 *
 * @throws `InvalidOptionError` for a declaration that can't be used.
 */
export function checkTaskApi(declaration: TaskApi | object): ExamplesReport {
  const compiled = compileApi(declaration);
  const { api } = compiled;
  const readings = (api.examples ?? []).map((example) => readExample(example, compiled));
  const wrong = readings.flatMap(({ problem }, at) =>
    problem === undefined ? [] : [`${api.name}: examples[${at}] (${api.examples?.[at]?.state}): ${problem}`],
  );
  const notes = unusedKeys(compiled, readings).map(
    ([key, text]) => `${api.name}: task.${key}: ${quoted(text)} gives nothing usable in any of the examples`,
  );
  return { readings, problems: [...wrong, ...unmapped(api, compiled.reading.words)], notes };
}

// Which field of a task a key is read into, and in which states a task has it.
const READ_INTO = {
  progress: ["progress", /^RUNNING$/],
  remaining: ["remaining", /^RUNNING$/],
  type: ["taskType", /./],
  error: ["errorMessage", /^FAILED$/],
  started: ["startTime", /^(?:RUNNING|COMPLETE)$/],
  ended: ["completeTime", /^COMPLETE$/],
} as const satisfies Readonly<Record<string, readonly [keyof Task, RegExp]>>;

function unusedKeys(
  { reading }: CompiledApi,
  readings: readonly ExampleReading[],
): readonly (readonly [key: string, expression: string])[] {
  const tasks = readings.flatMap(({ task }) => (task === undefined ? [] : [task]));
  const unused = Object.entries(READ_INTO).flatMap(([key, [field, states]]) => {
    const expression = reading[key as keyof typeof READ_INTO];
    const shown = tasks.filter(({ taskStatus }) => states.test(taskStatus));
    const isUnused = shown.length > 0 && shown.every((task) => (task[field] ?? "") === "");
    return expression !== undefined && isUnused ? [[key, expression.text] as const] : [];
  });
  const { id } = reading;
  const answers = readings
    .filter(({ task }) => task !== undefined)
    .map(({ example }) => fillExample(example, VALUES));
  return id === undefined || answers.length === 0 || answers.some((answer) => hasId(answer, reading))
    ? unused
    : [["id", id.text], ...unused];
}

function hasId(answer: unknown, { at, id }: Reading): boolean {
  const ignore = (): void => undefined;
  const place = at === undefined ? answer : optional(at, answer, ignore);
  return [place].flat().some((object) => optionalText(id, object, ignore) !== undefined);
}

function readExample(example: Example, { api, reading }: CompiledApi): ExampleReading {
  const answer = fillExample(example, VALUES);
  // A state of a resource is read as one, without a goal.
  const until = [...reading.words.values()].includes("complete") ? undefined : [];
  const words = wordsUntil(reading.words, until, api.name);
  try {
    const { httpStatus = 200 } = example;
    if (httpStatus >= 400 && !reading.claimsStatus?.(httpStatus)) {
      const facts = { httpStatus, subject: api.name, taskId: VALUES.id };
      throw answerError(answer, facts, (text) => text);
    }
    const task = readTask(answer, VALUES.id, { reading, words, onFault: () => undefined }, { httpStatus });
    const state = STATES[task.taskStatus] ?? `the unknown word ${quoted(task.serviceStatus)}`;
    const problem = state === example.state ? missing(example, task) : `was read as ${state}`;
    return { example, state, task, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    const state = classifyError(error);
    const why = isTaskwaitError(error) ? error.message : String(error);
    const problem =
      state === example.state
        ? undefined
        : `was read as ${MEANINGS[state] ?? state}: ${why}${codeHint(state, error, example)}`;
    return { example, state, error, ...(problem === undefined ? {} : { problem }) };
  }
}

/** An error inside a good answer has nothing but its code to say what it means. */
function codeHint(state: string, error: unknown, example: Example): string {
  return state === "transient" && isBdrcApiError(error) && error.httpStatus < 400
    ? `; refused.code gives no code that says more (for ${example.state}, a word such as "${CODES[example.state] ?? "InvalidParameter"}")`
    : "";
}

const CODES: Readonly<Record<string, string>> = {
  notFound: "NotFound",
  denied: "Forbidden",
  throttled: "Throttling",
};

function missing({ gives = {} }: Example, task: Task): string | undefined {
  const wrong = Object.entries(gives).find(
    ([name, value]) => JSON.stringify(task[name as keyof Task]) !== JSON.stringify(value),
  );
  if (wrong === undefined) {
    return undefined;
  }
  const [name, wanted] = wrong;
  const got = Object.hasOwn(task, name) ? shown(task[name as keyof Task]) : "nothing";
  const names = Object.keys(task).join(", ");
  return `gives.${printable(name, 60)} is ${shown(wanted)}, but the task has ${got} there (it has ${names})`;
}

function unmapped({ name, about }: TaskApi, words: WordTable): readonly string[] {
  return (about?.words ?? [])
    .filter((word) => !words.has(String(word)))
    .map((word) => `${name}: about.words has ${quoted(word)}, which is in no state`);
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? "nothing", 160);
}
