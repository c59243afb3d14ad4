import { MAX_PAGE_SIZE } from "../../task/pages-of.ts";
import { TASK_STATUSES } from "../../task/status.ts";
import { type ApiRequest, formValue, queryValue } from "../protocol/api-request.ts";
import { type Refusal, refuse, refuseWith } from "../protocol/refusal.ts";
import type { Call } from "../protocol/routes.ts";
import type { ConcurrentStarts, StartPlan, Starts } from "../world/start-plan.ts";
import type { TaskSpec } from "../world/task-spec.ts";
import { jsonText } from "../world/wire-task.ts";
import type { World } from "../world/world.ts";
import type { NextTokens } from "./next-token.ts";

const MIN_RESULTS = 10;
/** The resource types that the API's own example of an update names. */
const RESOURCE_TYPES = [
  "ACS::ECS::Instance",
  "ACS::OSS::Bucket",
  "ACS::OTS::Instance",
  "ACS::NAS::FileSystem",
] as const;

/** What the documents leave open about the operations. */
export interface OperationStyle {
  /** What an unknown task id is answered with; default 400 `InvalidTask.NotFound`, as a sister service does. */
  readonly unknownTask: { readonly httpStatus: number; readonly code: string };
  /** Whether DescribeTasks filters by `TaskType`. */
  readonly taskTypeFilter: boolean;
  /** Whether DescribeTasks returns `TotalCount`. */
  readonly totalCount: boolean;
  /** What a start is answered with while a task of the same type and detail has not ended. */
  readonly concurrentStarts: ConcurrentStarts;
  /** What becomes of the tasks that UpdateResources and CheckRules start. */
  readonly starts: StartPlan;
}

/** What the operations work on. */
export interface OperationContext {
  readonly world: World;
  readonly tokens: NextTokens;
  readonly style: OperationStyle;
  readonly nowMs: number;
}

/** `Data` of the answer, or why there is none. */
export type OperationResult =
  | { readonly kind: "data"; readonly data: unknown; readonly taskId?: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Does what an authenticated, permitted and unthrottled call asks for. */
export function perform(call: Call, request: ApiRequest, context: OperationContext): OperationResult {
  switch (call.action) {
    case "DescribeTask":
      return describeTask(call.taskId, context);
    case "DescribeTasks":
      return describeTasks(request, context);
    case "UpdateResources":
      return updateResources(request, context);
    case "CheckRules":
      return checkRules(request, context);
  }
}

function describeTask(taskId: string, context: OperationContext): OperationResult {
  const task = context.world.task(taskId);
  if (task !== undefined) {
    return { kind: "data", data: task.wire };
  }
  const { httpStatus, code } = context.style.unknownTask;
  // Some services say it with an empty answer and no error at all.
  return httpStatus < 300 ? { kind: "data", data: {} } : refused(refuseWith(code, httpStatus));
}

function describeTasks(request: ApiRequest, context: OperationContext): OperationResult {
  const { world, tokens, style, nowMs } = context;
  const wanted = queryValue(request, "MaxResults") ?? "";
  if (!/^(?:-?\d{1,9})?$/.test(wanted)) {
    return refused(refuseWith("InvalidMaxResults", 400, "Specified parameter MaxResults is not valid."));
  }
  const maxResults = Math.min(MAX_PAGE_SIZE, Math.max(MIN_RESULTS, Number(wanted)));
  const taskStatus = queryValue(request, "TaskStatus") || undefined;
  if (taskStatus !== undefined && !(TASK_STATUSES as readonly string[]).includes(taskStatus)) {
    return refused(refuseWith("InvalidTaskStatus", 400, "Specified parameter TaskStatus is not valid."));
  }
  const taskType = style.taskTypeFilter ? queryValue(request, "TaskType") || undefined : undefined;
  const question = `${taskStatus ?? ""} ${taskType ?? ""}`;
  const token = queryValue(request, "NextToken") || undefined;
  const position = token === undefined ? { offset: 0 } : tokens.read(token, question, nowMs);
  if (position === undefined) {
    return refused(refuseWith("InvalidNextToken", 400, "Specified parameter NextToken is not valid."));
  }
  const filter = {
    ...(taskStatus === undefined ? {} : { taskStatus }),
    ...(taskType === undefined ? {} : { taskType }),
  };
  const { tasks, total } = world.page(filter, position.offset, maxResults);
  const offset = position.offset + maxResults;
  return {
    kind: "data",
    data: {
      Content: tasks,
      MaxResults: maxResults,
      NextToken: offset < total ? tokens.issue({ offset, question }, nowMs) : "",
      ...(style.totalCount ? { TotalCount: total } : {}),
    },
  };
}

function updateResources(request: ApiRequest, context: OperationContext): OperationResult {
  const resourceType = formValue(request, "ResourceType") || undefined;
  const resourceTypes = resourceType === undefined ? RESOURCE_TYPES : [resourceType];
  return started(context, "UPDATE_RESOURCES", {
    taskName: "update resources",
    detail: { resourceTypes },
    result: {
      resourceCounts: resourceTypes.map((type, index) => ({ resourceType: type, count: index + 2 })),
    },
  });
}

function checkRules(request: ApiRequest, context: OperationContext): OperationResult {
  const resourceArn = formValue(request, "ResourceArn") || undefined;
  if (resourceArn === undefined) {
    return refused(refuseWith("MissingResourceArn", 400, "ResourceArn is mandatory for this action."));
  }
  if (!resourceArn.startsWith("acs:")) {
    return refused(refuse("InvalidParameter", { message: "Specified parameter ResourceArn is not valid." }));
  }
  const ruleId = formValue(request, "RuleId") || undefined;
  return started(context, "CHECK_RULES", {
    taskName: "check rules",
    detail: ruleId === undefined ? { resourceArn } : { resourceArn, ruleId },
  });
}

function started(context: OperationContext, taskType: keyof Starts, defaults: TaskSpec): OperationResult {
  const { world, style } = context;
  // A fixed id in a template would make the second start fail, and the service draws ids itself.
  const { taskId: _, ...spec } = { createdMs: 500, ...defaults, ...style.starts.next(taskType), taskType };
  const running = style.concurrentStarts === "separate" ? undefined : sameTask(world, spec);
  if (running !== undefined) {
    return style.concurrentStarts === "refused"
      ? refused(refuse("OperationConflict"))
      : { kind: "data", data: { TaskId: running }, taskId: running };
  }
  style.starts.take(taskType);
  const { taskId } = world.addTask(spec);
  return { kind: "data", data: { TaskId: taskId }, taskId };
}

/** The id of a task of the same type and detail that has not ended. */
function sameTask(world: World, { taskType = "", detail }: TaskSpec): string | undefined {
  const active = ["CREATED", "RUNNING"].flatMap((taskStatus) => world.tasks({ taskType, taskStatus }));
  return active.find(({ wire }) => wire["TaskDetail"] === jsonText(detail))?.taskId;
}

function refused(refusal: Refusal): OperationResult {
  return { kind: "refused", refusal };
}
