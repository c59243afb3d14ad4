import { MAX_ANSWER_BYTES, type Operation } from "../openapi/request/operation.ts";
import { encodeRfc3986 } from "../openapi/request/signature.ts";
import { quoted } from "../task/printable.ts";
import type { TaskListQuery } from "../task/source.ts";
import { hostOf } from "./regions.ts";

// Source of version, paths, parameters and methods here: API BDRC 2023-08-08.
// Last where it is spread: an object that begins with a spread takes 17 us to make, one that ends with it 0.3.
const BDRC = { style: "roa", version: "2023-08-08", host: hostOf, dataField: "Data" } as const;

/** `GET /api/v1/tasks/{TaskId}`. */
export function describeTaskOperation(taskId: string): Operation {
  return {
    action: "DescribeTask",
    method: "GET",
    readOnly: true,
    path: `/api/v1/tasks/${encodeRfc3986(taskId)}`,
    query: [],
    subject: `DescribeTask of ${quoted(taskId)}`,
    taskId,
    maxBytes: MAX_ANSWER_BYTES,
    ...BDRC,
  };
}

/** `GET /api/v1/tasks`. */
export function describeTasksOperation(query: TaskListQuery & { readonly taskType?: string }): Operation {
  return {
    action: "DescribeTasks",
    method: "GET",
    readOnly: true,
    path: "/api/v1/tasks",
    query: present([
      ["MaxResults", query.maxResults?.toString()],
      ["NextToken", query.nextToken],
      ["TaskStatus", query.taskStatus],
      ["TaskType", query.taskType],
    ]),
    subject: "DescribeTasks",
    maxBytes: MAX_ANSWER_BYTES,
    ...BDRC,
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
    readOnly: false,
    path,
    query: [],
    form: present(form),
    subject: action,
    maxBytes: MAX_ANSWER_BYTES,
    ...BDRC,
  };
}

function present(
  pairs: ReadonlyArray<readonly [string, string | undefined]>,
): Array<readonly [string, string]> {
  return pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
}
