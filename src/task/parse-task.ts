import { ProtocolError } from "./errors.ts";
import { parseJson } from "./parse-json.ts";
import { quoted } from "./printable.ts";
import type { Task } from "./task.ts";

/** 2001-09-09 in milliseconds is 5138-11-16 in seconds: what is above is milliseconds. */
export const MIN_UNIX_MS = 1e12;

/** A task that has come all the way, on BDRC's scale, which all of this package uses: hundredths of a percent. */
export const FULL_PROGRESS = 10_000;

// What a wait can't do without.
const ESSENTIALS = ["taskId", "taskStatus"] as const;

type Reader = (value: unknown) => string | number | undefined;

// The other fields are forgiven: null and a wrong type count as absent, because only the status decides and a wait
// must not end over a decoration. So there is nothing to validate, and tasks are read by the hundred from a page: a
// schema for these would cost more than all the rest of a page.
const text: Reader = (value) => (typeof value === "string" ? value : undefined);

// The service's numbers are 64-bit integers, which some gateways send as strings.
const integer: Reader = (value) => {
  const number = typeof value === "string" && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};

// The end of the year 9999, in Unix seconds. Beyond it are milliseconds, microseconds and nonsense.
const MAX_MOMENT_S = 253_402_300_799;

// What has not happened yet is 0.
const moment: Reader = (value) => {
  const seconds = integer(value);
  return typeof seconds === "number" && seconds > 0 && seconds <= MAX_MOMENT_S ? seconds : undefined;
};

const BDRC_READERS: readonly (readonly [name: string, read: Reader])[] = Object.entries({
  taskId: text,
  taskName: text,
  taskDescription: text,
  taskType: text,
  taskPriority: text,
  taskStatus: text,
  progress: integer,
  errorMessage: text,
  startTime: moment,
  completeTime: moment,
  expireTime: moment,
  taskDetail: text,
  taskResult: text,
  executionId: text,
  requestId: text,
});

const READERS = [
  ...BDRC_READERS,
  ...Object.entries({ serviceStatus: text, nearestWord: text, remaining: integer, pollAfterMs: integer }),
];

// What came out of parseTask needs no second check, which would cost as much as the first at every poll.
const checked = new WeakSet<object>();

/** The names of the fields that BDRC has and {@link parseTask} reads, in camelCase. */
export const TASK_FIELDS: readonly string[] = BDRC_READERS.map(([name]) => name);

/**
 * Checks what a source says of a task and derives `percent`, `detail` and `result`. A source that has only these two gets
 * the raw strings made of them.
 *
 * @param fields - The task's fields under their camelCase names. Unknown fields are left out of the result.
 * @param describePath - Turns a field's name into the path that an error names, such as `Data.TaskStatus`.
 * @throws {@link ProtocolError} when it is no object, or `taskId` or `taskStatus` is missing or mistyped.
 */
export function parseTask(fields: unknown, describePath: (field: string) => string = (field) => field): Task {
  checkEssentials(fields, describePath);
  const task: Record<string, unknown> = {};
  for (const [name, read] of READERS) {
    const raw = fields[name];
    const value = raw === undefined ? undefined : read(raw);
    if (value !== undefined) {
      task[name] = value;
    }
  }
  const { progress, taskDetail, taskResult } = task as Partial<Task>;
  if (progress !== undefined) {
    task["percent"] = Math.min(100, Math.max(0, progress / 100));
  }
  const { detail, result } = fields as Partial<Task>;
  addJson(task, "detail", "taskDetail", taskDetail ?? jsonOf(detail));
  addJson(task, "result", "taskResult", taskResult ?? jsonOf(result));
  checked.add(task);
  // A listener that changed it would change what the wait compares the next poll with.
  return Object.freeze(task) as unknown as Task;
}

/**
 * What a source says is a task, checked: as it is when {@link parseTask} made it, else through that.
 *
 * @throws {@link ProtocolError} as {@link parseTask} does.
 */
export function ensureTask(task: unknown): Task {
  return typeof task === "object" && task !== null && checked.has(task) ? (task as Task) : parseTask(task);
}

/** An item of a listing, checked and frozen as {@link ensureTask} does; undefined when it is no task. */
export function readableTask(item: unknown): Task | undefined {
  try {
    return ensureTask(item);
  } catch {
    return undefined;
  }
}

function checkEssentials(
  fields: unknown,
  describePath: (field: string) => string,
): asserts fields is Readonly<Record<string, unknown>> {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new ProtocolError(`expected a task, got ${quoted(fields)}`);
  }
  for (const name of ESSENTIALS) {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
    if (value === undefined) {
      throw new ProtocolError(`${describePath(name)} is missing`);
    }
    if (typeof value !== "string" || value === "") {
      const got = quoted(typeof value === "object" ? JSON.stringify(value) : value);
      throw new ProtocolError(`${describePath(name)} must be a non-empty string, got ${got}`);
    }
  }
}

function addJson(
  task: Record<string, unknown>,
  name: string,
  rawName: string,
  json: string | undefined,
): void {
  if (json === undefined) {
    return;
  }
  task[rawName] = json;
  const value = parseJson(json);
  // Without a value, the raw string stays in the task, so nothing is lost.
  if (value !== undefined) {
    task[name] = value;
  }
}

/** What a source has parsed already, as the JSON that it was or can be. */
function jsonOf(value: unknown): string | undefined {
  try {
    return value === undefined ? undefined : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
