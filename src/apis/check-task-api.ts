import { classifyError } from "../policy/observe/classify-error.ts";
import { isTaskwaitError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import type { Task } from "../task/task.ts";
import { type CompiledApi, compileApi } from "./compile-api.ts";
import { fillExample } from "./fill-example.ts";
import type { Example, ExampleState, TaskApi } from "./format/task-api.ts";
import { readTask } from "./reader/read-answer.ts";
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
}

const STATES: Readonly<Record<string, ExampleState>> = {
  CREATED: "queued",
  RUNNING: "running",
  COMPLETE: "complete",
  FAILED: "failed",
  CANCELED: "canceled",
  EXPIRED: "expired",
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
  return { readings, problems: [...wrong, ...unmapped(api, compiled.reading.words)] };
}

function readExample(example: Example, { api, reading }: CompiledApi): ExampleReading {
  const answer = fillExample(example, VALUES);
  // A state of a resource is read as one, without a goal.
  const until = [...reading.words.values()].includes("complete") ? undefined : [];
  const words = wordsUntil(reading.words, until, api.name);
  try {
    const { httpStatus = 200 } = example;
    if (httpStatus >= 400) {
      const facts = { httpStatus, subject: api.name, taskId: VALUES.id };
      throw answerError(answer, facts, (text) => text);
    }
    const task = readTask(answer, VALUES.id, { reading, words, onFault: () => undefined }, httpStatus);
    const state = STATES[task.taskStatus] ?? `the unknown word ${quoted(task.serviceStatus)}`;
    const problem = state === example.state ? missing(example, task) : `was read as ${state}`;
    return { example, state, task, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    const state = classifyError(error);
    const why = isTaskwaitError(error) ? error.message : String(error);
    const problem = state === example.state ? undefined : `was read as ${state}: ${why}`;
    return { example, state, error, ...(problem === undefined ? {} : { problem }) };
  }
}

function missing({ gives = {} }: Example, task: Task): string | undefined {
  const wrong = Object.entries(gives).find(
    ([name, value]) => JSON.stringify(task[name as keyof Task]) !== JSON.stringify(value),
  );
  return (
    wrong &&
    `gives ${wrong[0]} ${quoted(JSON.stringify(task[wrong[0] as keyof Task]))}, not ${quoted(JSON.stringify(wrong[1]))}`
  );
}

function unmapped({ name, about }: TaskApi, words: WordTable): readonly string[] {
  return (about?.words ?? [])
    .filter((word) => !words.has(String(word)))
    .map((word) => `${name}: about.words has ${quoted(word)}, which is in no state`);
}
