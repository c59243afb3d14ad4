import { BdrcApiError, ProtocolError, TaskNotFoundError } from "../../task/errors.ts";
import { parseTask } from "../../task/parse-task.ts";
import { printable, quoted } from "../../task/printable.ts";
import type { TaskPage } from "../../task/source.ts";
import { isFinalStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import type { Expression } from "../expression/expression.ts";
import { statusIn } from "./http-status.ts";
import { mergeItems } from "./merge-items.ts";
import { type Item, readItem } from "./read-item.ts";
import { type OnFault, optional, optionalScalar, optionalText, type Reading } from "./reading.ts";
import { GONE, type Words } from "./words.ts";

/** What an answer says of one task: how it is, or that there is none. */
export type Finding = Task | TaskNotFoundError;

/** What an answer is besides its JSON. */
export interface AnswerHead {
  readonly httpStatus: number;
  /** How long it asks to wait before the next call, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** What reading an answer needs besides it. */
export interface ReadContext {
  readonly reading: Reading;
  readonly words: Words;
  readonly onFault: OnFault;
}

/**
 * Reads what an answer says of the tasks that were asked for. One that the answer lacks is not found.
 *
 * @param answer - The answer's JSON.
 * @throws `BdrcApiError` when the answer is an error in spite of its status, {@link ProtocolError} when it is not of the
 * declared form.
 */
export function readAnswer(
  answer: unknown,
  taskIds: readonly string[],
  context: ReadContext,
  head: AnswerHead = { httpStatus: 200 },
): ReadonlyMap<string, Finding> {
  refuse(answer, context, head.httpStatus, taskIds);
  const { reading } = context;
  const items = itemsOf(answer, context, taskIds);
  const found = new Map<string, unknown[]>();
  if (reading.id === undefined) {
    // Without ids there is one task, and all objects are of it.
    found.set(String(taskIds[0]), [...items.objects]);
  } else {
    for (const item of items.objects) {
      const id = idOf(item, context);
      if (id === undefined && items.isList) {
        throw new ProtocolError(
          `${reading.id.path}: ${quoted(reading.id.text)} gives no id in one of the ${items.objects.length} objects`,
          about(taskIds),
        );
      }
      if (!items.isList && id !== undefined && !taskIds.includes(id)) {
        throw new ProtocolError(`${reading.name} answered with another task, ${quoted(id)}`, about(taskIds));
      }
      const of = id ?? String(taskIds[0]);
      const others = found.get(of);
      if (others === undefined) {
        found.set(of, [item]);
      } else {
        others.push(item);
      }
    }
  }
  const reads = { ...head, status: statusIn(reading, head.httpStatus, items.isList) };
  return new Map(
    taskIds.map((taskId) => [taskId, findingOf(taskId, found.get(taskId) ?? [], context, reads)]),
  );
}

/** {@link readAnswer} for one task. @throws {@link TaskNotFoundError} besides what that throws. */
export function readTask(answer: unknown, taskId: string, context: ReadContext, head?: AnswerHead): Task {
  const finding = readAnswer(answer, [taskId], context, head).get(taskId);
  if (finding instanceof TaskNotFoundError || finding === undefined) {
    throw finding;
  }
  return finding;
}

/** The page of a listing. Objects without a usable id or word are left out: absence from a listing proves nothing. */
export function readPage(answer: unknown, page: number, context: ReadContext): TaskPage {
  refuse(answer, context, 200, []);
  const { reading, words, onFault } = context;
  const { list } = reading;
  const objects = optional(list?.at, answer, onFault);
  if (list === undefined || !Array.isArray(objects)) {
    throw new ProtocolError(`${list?.at.path}: ${quoted(list?.at.text)} gives no list`);
  }
  const tasks = objects.flatMap((object: unknown) => {
    const id = isObject(object) ? idOf(object, context) : undefined;
    if (id === undefined) {
      return [];
    }
    try {
      const item = readItem(object, id, reading, words, onFault, list.status);
      return item.isNotFound ? [] : [parseTask(item.fields)];
    } catch {
      return [];
    }
  });
  const next = optionalText(list.next.value, answer, onFault);
  const nextToken = list.next.isPageCount
    ? Number(next) > page && objects.length > 0
      ? String(page + 1)
      : undefined
    : next;
  return { tasks, ...(nextToken === undefined ? {} : { nextToken }) };
}

/** The task that stands for one that is not found, for a wait for just that. */
export function goneTask(taskId: string): Task {
  return parseTask({ taskId, taskStatus: "COMPLETE", serviceStatus: GONE });
}

function findingOf(
  taskId: string,
  objects: readonly unknown[],
  context: ReadContext,
  { status, retryAfterMs }: AnswerHead & { readonly status: Expression },
): Finding {
  const items = objects.map((object) =>
    readItem(object, taskId, context.reading, context.words, context.onFault, status),
  );
  if (items.length === 0 && context.reading.absenceIsUnknown) {
    throw new ProtocolError(
      `${context.reading.name}: task ${quoted(taskId)} is not in the list, which says nothing of it (task.absence)`,
      { taskId },
    );
  }
  const [first, ...rest] = items.filter((item: Item) => !item.isNotFound);
  if (first === undefined) {
    if (context.words.wantsGone) {
      return goneTask(taskId);
    }
    const how = items.length > 0 ? "the service says so" : "the answer has none";
    return new TaskNotFoundError(`${context.reading.name} found no task ${quoted(taskId)}: ${how}`, {
      taskId,
    });
  }
  const fields = rest.length === 0 ? first.fields : mergeItems([first, ...rest]);
  return parseTask(
    retryAfterMs === undefined || isFinalStatus(fields.taskStatus)
      ? fields
      : { ...fields, pollAfterMs: retryAfterMs },
  );
}

/** The objects that `at` gives. */
function itemsOf(
  answer: unknown,
  { reading }: ReadContext,
  taskIds: readonly string[],
): { readonly objects: readonly unknown[]; readonly isList: boolean } {
  const { at, name } = reading;
  let place: unknown;
  try {
    place = at === undefined ? answer : at.evaluate(answer);
  } catch {
    place = undefined;
  }
  if (Array.isArray(place)) {
    return { objects: place.filter(isObject), isList: true };
  }
  if (isObject(place)) {
    return { objects: [place], isList: false };
  }
  throw new ProtocolError(
    at === undefined
      ? `${name}: the answer is no object`
      : `${at.path}: ${quoted(at.text)} gives no object and no list in the answer`,
    about(taskIds),
  );
}

function idOf(object: unknown, { reading, onFault }: ReadContext): string | undefined {
  return optionalText(reading.id, object, onFault);
}

function refuse(
  answer: unknown,
  { reading, onFault }: ReadContext,
  httpStatus: number,
  taskIds: readonly string[],
): void {
  const { refused, name } = reading;
  if (refused === undefined || !isTruthy(optional(refused.when, answer, onFault))) {
    return;
  }
  const apiCode = printable(String(optionalScalar(refused.code, answer, onFault) ?? "Refused"), 100);
  const message = printable(String(optionalScalar(refused.message, answer, onFault) ?? "no message"));
  throw new BdrcApiError(`${name} was refused: ${apiCode}: ${message} (HTTP ${httpStatus})`, {
    httpStatus,
    apiCode,
    ...about(taskIds),
  });
}

function about(taskIds: readonly string[]): { readonly taskId?: string } {
  const [taskId] = taskIds;
  return taskId === undefined || taskIds.length > 1 ? {} : { taskId };
}

/** As JMESPath has it: nothing, false, and what is empty are not. */
function isTruthy(value: unknown): boolean {
  return typeof value === "object" && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined && value !== null && value !== false && value !== "" && typeof value !== "function";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
