import { exactText } from "../../openapi/response/exact-json.ts";
import { ProtocolError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import { isKnownStatus } from "../../task/status.ts";
import { type Expression, type Scalar, scalarOf } from "../expression/expression.ts";
import { readNumber, readProgress } from "./read-progress.ts";
import { readTime } from "./read-time.ts";
import { type OnFault, optional, optionalScalar, type Reading } from "./reading.ts";
import { sameButForCase, type Words } from "./words.ts";

/** One object of an answer, read: the fields of a task, before `parseTask` checks them. */
export interface Item {
  /** The service says with a word that there is no such task. */
  readonly isNotFound: boolean;
  readonly fields: Readonly<Record<string, unknown>> & { readonly taskStatus: string };
}

const MAX_TEXT = 4096;
const MAX_WORD = 200;
// Ten years.
const MAX_REMAINING_S = 315_360_000;

const FAILURES: ReadonlySet<string> = new Set(["FAILED", "CANCELED", "EXPIRED"]);

/**
 * Reads one object.
 *
 * @param status - The expression of its word: a listing may have one of its own, and one may read the HTTP status.
 * @throws {@link ProtocolError} when the expression gives no word.
 */
export function readItem(
  item: unknown,
  taskId: string,
  reading: Reading,
  words: Words,
  onFault: OnFault,
  status: Expression,
): Item {
  const word = wordOf(item, status, taskId);
  const meaning = words.meaningOf(word);
  const scalar = (name: "progress" | "remaining" | "type" | "error" | "started" | "ended") =>
    optionalScalar(reading[name], item, onFault);
  const taskStatus = meaning === undefined || meaning === "notFound" ? unknownStatus(word) : meaning;
  const fields: Record<string, unknown> & { taskStatus: string } = {
    taskId,
    taskStatus,
    serviceStatus: word,
  };
  if (meaning === undefined) {
    add(fields, "nearestWord", sameButForCase(reading.words, word));
  }
  add(fields, "taskType", cut(scalar("type")));
  add(fields, "progress", readProgress(scalar("progress"), wholeOf(item, reading, onFault)));
  add(fields, "startTime", readTime(scalar("started"), reading.timeZone));
  add(fields, "completeTime", readTime(scalar("ended"), reading.timeZone));
  const remaining = readNumber(scalar("remaining"));
  add(
    fields,
    "remaining",
    remaining !== undefined && remaining >= 0 && remaining <= MAX_REMAINING_S ? remaining : undefined,
  );
  if (FAILURES.has(taskStatus)) {
    add(fields, "errorMessage", cut(scalar("error")));
  }
  if (taskStatus === "COMPLETE" || FAILURES.has(taskStatus)) {
    add(fields, "taskResult", resultOf(item, reading, onFault));
  }
  return { isNotFound: meaning === "notFound", fields };
}

function wordOf(item: unknown, status: Expression, taskId: string): string {
  let given: unknown;
  try {
    given = status.evaluate(item);
  } catch (error) {
    throw new ProtocolError(
      `${status.path}: ${quoted(status.text)} could not be read from the answer: ${quoted((error as Error).message)}`,
      { taskId },
    );
  }
  const word = scalarOf(given);
  if (word === undefined || String(word).length > MAX_WORD) {
    throw new ProtocolError(
      `${status.path}: ${quoted(status.text)} must give a word, a number or a boolean, got ${kindOf(given)}`,
      { taskId },
    );
  }
  return String(word);
}

/** A word in no state must not be taken for one of ours: a service's own "COMPLETE" may mean what it likes. */
function unknownStatus(word: string): string {
  return isKnownStatus(word) ? `UNKNOWN:${word}` : word;
}

function wholeOf(item: unknown, { progressOf }: Reading, onFault: OnFault): Scalar | undefined {
  return typeof progressOf === "number" ? progressOf : optionalScalar(progressOf, item, onFault);
}

/** JSON: what `result` gives, or the whole object. A text that is JSON already stays as it is. */
function resultOf(item: unknown, { result }: Reading, onFault: OnFault): string | undefined {
  const given = result === undefined ? item : optional(result, item, onFault);
  if (given === undefined || given === null || typeof given === "function") {
    return undefined;
  }
  if (typeof given === "string" && isJsonText(given)) {
    return given;
  }
  try {
    return exactText(given);
  } catch {
    // Nested more deeply than JSON.stringify goes.
    return undefined;
  }
}

function isJsonText(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) {
    return false;
  }
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function cut(value: Scalar | undefined): string | undefined {
  return value === undefined ? undefined : String(value).slice(0, MAX_TEXT);
}

function add(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) {
    fields[name] = value;
  }
}

function kindOf(value: unknown): string {
  if (value === "") {
    return "an empty text";
  }
  if (typeof value === "string") {
    return `a text of ${value.length} characters`;
  }
  return value === null || value === undefined
    ? "nothing"
    : Array.isArray(value)
      ? "a list"
      : `an ${typeof value}`;
}
