import { encodeRfc3986 } from "../openapi/request/signature.ts";
import { quoted } from "../task/printable.ts";
import type { TaskListQuery } from "../task/source.ts";

/**
 * The version of the API.
 *
 * Source of paths, parameters and methods here: API BDRC 2023-08-08.
 */
export const API_VERSION = "2023-08-08";

const MEBIBYTE = 1024 * 1024;

/** One call, before it is signed. */
export interface Operation {
  readonly action: string;
  readonly method: "GET" | "POST";
  /** Encoded. */
  readonly path: string;
  /** Not encoded. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** The parameters of a POST, not encoded. */
  readonly form?: ReadonlyArray<readonly [string, string]>;
  /** What errors call it, such as `DescribeTask of "t-1"`. */
  readonly subject: string;
  readonly taskId?: string;
  /** The largest answer that is read, as sent and as decoded. */
  readonly maxBytes: number;
}

/** What errors of this call carry: the task, if it is about one. */
export function aboutTask({ taskId }: Operation): { readonly taskId?: string } {
  return taskId === undefined ? {} : { taskId };
}

/** `GET /api/v1/tasks/{TaskId}`. */
export function describeTaskOperation(taskId: string): Operation {
  return {
    action: "DescribeTask",
    method: "GET",
    path: `/api/v1/tasks/${encodeRfc3986(taskId)}`,
    query: [],
    subject: `DescribeTask of ${quoted(taskId)}`,
    taskId,
    maxBytes: MEBIBYTE,
  };
}

/** `GET /api/v1/tasks`. */
export function describeTasksOperation(query: TaskListQuery & { readonly taskType?: string }): Operation {
  return {
    action: "DescribeTasks",
    method: "GET",
    path: "/api/v1/tasks",
    query: present([
      ["MaxResults", query.maxResults?.toString()],
      ["NextToken", query.nextToken],
      ["TaskStatus", query.taskStatus],
      ["TaskType", query.taskType],
    ]),
    subject: "DescribeTasks",
    maxBytes: 16 * MEBIBYTE,
  };
}

/** `POST /api/v1/resources/update`. */
export function updateResourcesOperation(resourceType: string | undefined): Operation {
  return start("UpdateResources", "/api/v1/resources/update", [["ResourceType", resourceType]]);
}

/** `POST /api/v1/rules/check`. */
export function checkRulesOperation(resourceArn: string, ruleId: string | undefined): Operation {
  return start("CheckRules", "/api/v1/rules/check", [
    ["ResourceArn", resourceArn],
    ["RuleId", ruleId],
  ]);
}

function start(action: string, path: string, form: Parameters<typeof present>[0]): Operation {
  return {
    action,
    method: "POST",
    path,
    query: [],
    form: present(form),
    subject: action,
    maxBytes: MEBIBYTE,
  };
}

function present(
  pairs: ReadonlyArray<readonly [string, string | undefined]>,
): Array<readonly [string, string]> {
  return pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
}
