import type { Scalar } from "../../apis/expression/expression.ts";
import { fillExample } from "../../apis/fill-example.ts";
import type { Example, ExampleState } from "../../apis/format/task-api.ts";
import type { Reading } from "../../apis/reader/reading.ts";
import { FULL_PROGRESS } from "../../task/parse-task.ts";
import { isKnownStatus } from "../../task/status.ts";
import type { WorldTask } from "../world/world.ts";
import { fieldAt, isFields, placesOf, put, writeBack } from "./places.ts";
import { writtenTime } from "./written-time.ts";

// What stands for a state that a declaration shows no example of.
const STATES: Readonly<Record<string, readonly ExampleState[]>> = {
  CREATED: ["queued", "running"],
  RUNNING: ["running"],
  COMPLETE: ["complete"],
  FAILED: ["failed"],
  CANCELED: ["canceled", "failed"],
  EXPIRED: ["expired", "failed"],
};

/** The first example of one of these states, by their order, that is a good answer. */
export function exampleOf(
  examples: readonly Example[],
  states: readonly ExampleState[],
  claimsStatus?: Reading["claimsStatus"],
): Example | undefined {
  const isGood = ({ httpStatus = 200 }: Example) => httpStatus < 400 || claimsStatus?.(httpStatus) === true;
  return states
    .map((state) => examples.find((one) => one.state === state && isGood(one)))
    .find((one) => one !== undefined);
}

/** The answer that shows one task: the example of its state, with the task's own id, word, times and progress in it. */
export function answerFor(
  task: WorldTask,
  examples: readonly Example[],
  reading: Reading,
  nowMs: number,
): { readonly answer: unknown; readonly objects: readonly unknown[]; readonly httpStatus: number } {
  const { claimsStatus } = reading;
  const states = STATES[task.taskStatus] ?? [];
  const example =
    exampleOf(examples, states, claimsStatus) ?? exampleOf(examples, ["running", "queued"], claimsStatus);
  const answer = fillExample(
    { answer: example?.answer ?? {} },
    {
      id: task.taskId,
      percent: Math.floor((task.progress ?? 0) / 100),
      time: new Date(startOf(task, nowMs)).toISOString(),
    },
  );
  const objects = objectsIn(answer, reading);
  const isAsIs = example !== undefined && states.includes(example.state);
  const word = isAsIs ? undefined : wordOf(task, states, reading);
  const isStatus = word !== undefined && /^[1-5]\d\d$/.test(word) && claimsStatus?.(Number(word)) === true;
  for (const object of objects.filter(isFields)) {
    fillIn(object, task, reading, nowMs, isStatus ? undefined : word);
  }
  return { answer, objects, httpStatus: isStatus ? Number(word) : (example?.httpStatus ?? 200) };
}

/** The objects of an answer that show tasks. */
function objectsIn(answer: unknown, { at }: Reading): readonly unknown[] {
  const place = at === undefined ? answer : at.evaluate(answer);
  return Array.isArray(place) ? place : [place];
}

/**
 * The word of a state that the declaration has no example of: the first that it has for it, else the last stage's, which
 * stays when the task has ended.
 */
function wordOf(
  { taskStatus, spec }: WorldTask,
  states: readonly ExampleState[],
  { words }: Reading,
): string | undefined {
  if (!isKnownStatus(taskStatus)) {
    return taskStatus;
  }
  const [first] = states.flatMap((state) => [...words].filter(([, meant]) => meant === state));
  return first?.[0] ?? spec.stages?.at(-1)?.status;
}

function fillIn(
  object: Record<string, unknown>,
  task: WorldTask,
  reading: Reading,
  nowMs: number,
  word: string | undefined,
): void {
  const { spec, taskStatus, endsAtMs } = task;
  const hasEnded = nowMs >= endsAtMs;
  if (word !== undefined) {
    writeStatus(object, reading, word);
  }
  writeBack(object, reading.started, (old) => writtenTime(old, startOf(task, nowMs), reading.timeZone));
  if (hasEnded) {
    writeBack(object, reading.ended, (old) => writtenTime(old, endsAtMs, reading.timeZone));
  } else {
    const { progress } = task;
    const whole = typeof reading.progressOf === "number" ? reading.progressOf : undefined;
    writeBack(object, reading.progress, (old) =>
      progressOf(old, progress, whole ?? wholeIn(object, reading)),
    );
    writeBack(object, reading.remaining, () =>
      Number.isFinite(endsAtMs) ? Math.ceil((endsAtMs - nowMs) / 1000) : undefined,
    );
  }
  if (spec.taskType !== undefined) {
    writeBack(object, reading.type, () => spec.taskType);
  }
  if (spec.errorMessage !== undefined && taskStatus === "FAILED") {
    writeBack(object, reading.error, () => spec.errorMessage);
  }
  const place = placesOf(reading.result?.text ?? "").find((path) => path.join(".") === reading.result?.text);
  if (spec.result !== undefined && taskStatus === "COMPLETE" && place !== undefined) {
    put(object, place, spec.result);
  }
}

/** Also where the answer has no status yet: of a declaration without examples it has nothing. */
function writeStatus(object: Record<string, unknown>, { status }: Reading, word: string): void {
  const places = placesOf(status.text);
  const [first] = places;
  if (first !== undefined && places.every((place) => fieldAt(object, place) === undefined)) {
    put(object, first, word);
  } else {
    writeBack(object, status, (was) => (typeof was === "number" ? Number(word) : word));
  }
}

function startOf({ startsAtMs, createdAtMs }: WorldTask, nowMs: number): number {
  return nowMs >= startsAtMs ? startsAtMs : createdAtMs;
}

function wholeIn(object: Record<string, unknown>, { progressOf: of }: Reading): number {
  const whole = typeof of === "number" ? of : of.evaluate(object);
  return typeof whole === "number" ? whole : 100;
}

function progressOf(old: Scalar, progress: number | undefined, whole: number): unknown {
  if (progress === undefined) {
    return undefined;
  }
  const share = Math.floor((progress / FULL_PROGRESS) * whole);
  return typeof old === "string" ? old.replace(/\d+(?:\.\d+)?/, String(share)) : share;
}
