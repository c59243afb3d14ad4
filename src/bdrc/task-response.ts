import * as z from "zod/mini";
import { aboutTask, type Operation } from "../openapi/request/operation.ts";
import { type Envelope, isObject } from "../openapi/response/envelope.ts";
import { protocolError, show } from "../openapi/response/protocol-error.ts";
import { isProtocolError, TaskNotFoundError } from "../task/errors.ts";
import { MAX_PAGE_SIZE } from "../task/pages-of.ts";
import { parseTask, TASK_FIELDS } from "../task/parse-task.ts";
import { quoted } from "../task/printable.ts";
import type { TaskPage } from "../task/source.ts";
import type { Task } from "../task/task.ts";

const WIRE_NAMES: ReadonlyArray<readonly [string, string]> = TASK_FIELDS.map((name) => [
  name,
  wireName(name),
]);

/** A token goes back as it came. A longer one fits into no URL. */
const MAX_TOKEN_LENGTH = 65_536;

const listing = z.object({
  Content: z.nullable(z.array(z.unknown())),
  NextToken: z.optional(z.nullable(z.string())),
  TotalCount: z.optional(z.nullable(z.number())),
});

const started = z.object({ TaskId: z.string().check(z.minLength(1)) });

/**
 * The task of a DescribeTask answer. Nothing documents how the service answers for a task that it doesn't know;
 * an empty `Data` is taken for that.
 *
 * @throws {@link TaskNotFoundError} when `Data` is null or empty, `ProtocolError` when it is not this task.
 */
export function taskOf(envelope: Envelope, operation: Operation): Task {
  const data = dataOf(envelope, operation);
  if (data === null || Object.keys(data).length === 0) {
    throw new TaskNotFoundError(
      `${operation.subject} found no such task: Data is empty`,
      aboutTask(operation),
    );
  }
  const task = readTask(data, operation);
  if (task.taskId !== operation.taskId) {
    throw protocolError(`Data.TaskId is of another task, ${quoted(task.taskId)}`, operation);
  }
  return task;
}

/**
 * The page of a DescribeTasks answer. A task without a usable `TaskId` or `TaskStatus` is left out, so that it
 * doesn't take the others along: absence from a listing proves nothing.
 *
 * @param taskType - Leaves other types out: whether the service filters by type is not documented everywhere.
 */
export function pageOf(envelope: Envelope, operation: Operation, taskType: string | undefined): TaskPage {
  const { Content, NextToken, TotalCount } = check(listing, dataOf(envelope, operation), operation);
  if (Content !== null && Content.length > MAX_PAGE_SIZE) {
    throw protocolError(`Data.Content has ${Content.length} tasks, more than ${MAX_PAGE_SIZE}`, operation);
  }
  if (typeof NextToken === "string" && NextToken.length > MAX_TOKEN_LENGTH) {
    throw protocolError(`Data.NextToken has ${NextToken.length} characters`, operation);
  }
  const tasks = (Content ?? []).flatMap((item) => tryTask(item, operation) ?? []);
  return {
    tasks: taskType === undefined ? tasks : tasks.filter((task) => task.taskType === taskType),
    ...(NextToken ? { nextToken: NextToken } : {}),
    ...(typeof TotalCount === "number" ? { totalCount: TotalCount } : {}),
  };
}

/** The id of the task that a start has started. */
export function startedTaskOf(envelope: Envelope, operation: Operation): { taskId: string } {
  return { taskId: check(started, dataOf(envelope, operation), operation).TaskId };
}

/** The envelope's `Data`: an object, or null when the service says that there is none. */
function dataOf(envelope: Envelope, operation: Operation): Envelope | null {
  const data = envelope["Data"];
  if (data === null || isObject(data)) {
    return data;
  }
  throw protocolError(
    data === undefined ? "Data is missing" : `Data must be an object, got ${show(data)}`,
    operation,
  );
}

function readTask(data: Envelope, operation: Operation): Task {
  const fields: Record<string, unknown> = {};
  for (const [name, wire] of WIRE_NAMES) {
    if (Object.hasOwn(data, wire)) {
      fields[name] = data[wire];
    }
  }
  for (const name of ["taskId", "taskStatus"] as const) {
    if (typeof fields[name] === "object" && fields[name] !== null) {
      throw protocolError(
        `Data.${wireName(name)} must be a non-empty string, got ${show(fields[name])}`,
        operation,
      );
    }
  }
  try {
    return parseTask(fields, (name) => `Data.${wireName(name)}`);
  } catch (error) {
    throw isProtocolError(error) ? protocolError(error.message, operation) : error;
  }
}

function tryTask(item: unknown, operation: Operation): Task | undefined {
  try {
    return isObject(item) ? readTask(item, operation) : undefined;
  } catch {
    return undefined;
  }
}

function check<S extends z.ZodMiniType>(schema: S, data: Envelope | null, operation: Operation): z.infer<S> {
  const parsed = schema.safeParse(data);
  if (parsed.success) {
    return parsed.data;
  }
  const field = parsed.error.issues[0]?.path[0];
  if (data === null || typeof field !== "string") {
    throw protocolError(`Data must be an object, got ${show(data)}`, operation);
  }
  const value = data[field];
  throw protocolError(
    value === undefined
      ? `Data.${field} is missing`
      : `Data.${field} is of the wrong type, got ${show(value)}`,
    operation,
  );
}

/** The name of a field on the wire, `TaskId` for `taskId`. */
export function wireName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
