import { timedCall } from "../async/timed-call.ts";
import { objectKey } from "../openapi/credentials/account-key.ts";
import type { Operation } from "../openapi/request/operation.ts";
import { type Envelope, isObject } from "../openapi/response/envelope.ts";
import { protocolError } from "../openapi/response/protocol-error.ts";
import { checkTaskId } from "../options/task-id.ts";
import { InvalidOptionError } from "../task/errors.ts";
import { TASK_FIELDS } from "../task/parse-task.ts";
import type { CallOptions, TaskListQuery, TaskPage, TaskSource } from "../task/source.ts";
import type { Task } from "../task/task.ts";
import { describeTaskOperation, describeTasksOperation } from "./operations.ts";
import { pageOf, taskOf, wireName } from "./task-response.ts";

/** What the official SDK's client answers, as far as it is used here. */
export interface OfficialAnswer {
  readonly statusCode?: number | undefined;
  readonly body?: unknown;
}

/** The request of the official SDK's `describeTasks`. */
interface OfficialListRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly taskStatus?: string;
  /** Newer versions of the SDK call it. */
  validate(): void;
  /** Older ones call this. */
  toMap(): Record<string, unknown>;
}

/** A client of the official SDK, or anything shaped like it. */
export interface OfficialClient {
  /** One poll of one task. */
  describeTask(taskId: string): Promise<OfficialAnswer>;
  /** One page of the account's tasks. */
  // The SDK's own request is a class with more to it, which differs between versions.
  // biome-ignore lint/suspicious/noExplicitAny: no narrower type takes the SDK's method in all its versions.
  describeTasks?(request: any): Promise<OfficialAnswer>;
}

/**
 * Sees tasks through a client of the official SDK. Its errors are passed on untouched. The SDK can't cancel a
 * call, so after an abort the call itself goes on, unheeded.
 *
 * @throws {@link InvalidOptionError} when it is no such client.
 */
export function sourceFromOfficialClient(client: OfficialClient): TaskSource {
  if (typeof client?.describeTask !== "function") {
    throw new InvalidOptionError("client must have the official SDK's describeTask(), which is missing");
  }
  const describe = async (taskId: string, { signal }: CallOptions = {}): Promise<Task> => {
    checkTaskId(taskId);
    const operation = describeTaskOperation(taskId);
    const answer = await timedCall(async () => client.describeTask(taskId), { signal }).promise;
    const data = wireData(answer, operation);
    return taskOf({ Data: data }, operation);
  };
  const quotaKey = `official client ${objectKey(client)}`;
  const describeKeys = { describe: `${quotaKey} DescribeTask` };
  if (typeof client.describeTasks !== "function") {
    return { describe, quotaKeys: describeKeys };
  }
  const list = async (query: TaskListQuery, { signal }: CallOptions = {}): Promise<TaskPage> => {
    const operation = describeTasksOperation(query);
    const request = officialRequest(query);
    const answer = await timedCall(async () => client.describeTasks?.(request), { signal }).promise;
    const data = wireData(answer, operation);
    if (data === null) {
      throw protocolError("data is null", operation);
    }
    const content: unknown = data["Content"];
    const tasks = Array.isArray(content)
      ? content.map((item) => (isObject(item) ? toWire(item) : item))
      : content;
    return pageOf({ Data: { ...data, Content: tasks } }, operation, undefined);
  };
  return { describe, list, quotaKeys: { ...describeKeys, list: `${quotaKey} DescribeTasks` } };
}

const FIELDS: readonly string[] = [...TASK_FIELDS, "content", "nextToken", "totalCount"];

/** The answer's data under the names of the wire, so that one reader reads both. */
function wireData(answer: unknown, operation: Operation): Envelope | null {
  const body = isObject(answer) ? answer["body"] : undefined;
  const data = isObject(body) ? body["data"] : undefined;
  if (data === null) {
    return null;
  }
  if (!isObject(data)) {
    throw protocolError("the official client's answer has no body.data", operation);
  }
  return toWire(data);
}

function toWire(data: Envelope): Envelope {
  const wire: Record<string, unknown> = {};
  for (const name of FIELDS) {
    // Through the prototype, too: some models have getters. What Object.prototype has is no field's name.
    const value = data[name];
    if (value !== undefined) {
      wire[wireName(name)] = value;
    }
  }
  return wire;
}

function officialRequest(query: TaskListQuery): OfficialListRequest {
  const { maxResults, nextToken, taskStatus } = query;
  const fields = {
    ...(maxResults === undefined ? {} : { maxResults }),
    ...(nextToken === undefined ? {} : { nextToken }),
    ...(taskStatus === undefined ? {} : { taskStatus }),
  };
  return {
    ...fields,
    validate: () => undefined,
    toMap: () => Object.fromEntries(Object.entries(fields).map(([name, value]) => [wireName(name), value])),
  };
}
