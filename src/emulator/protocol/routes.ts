import { type ApiRequest, header } from "./api-request.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** The version of the API that is emulated. */
const API_VERSION = "2023-08-08";

/** The operations that are emulated. */
export const ACTIONS = ["DescribeTask", "DescribeTasks", "UpdateResources", "CheckRules"] as const;

/** The operations that the emulator answers. */
export type Action = (typeof ACTIONS)[number];

/** The operation that a request asks for. */
export type Call =
  | { readonly action: "DescribeTask"; readonly taskId: string }
  | { readonly action: Exclude<Action, "DescribeTask"> };

/**
 * Which operation a method and a path stand for.
 *
 * Source: API BDRC 2023-08-08, the pages of the four operations.
 */
export function route(method: string, path: string): Call | undefined {
  const one = /^\/api\/v1\/tasks\/([^/]+)$/.exec(path);
  if (method === "GET" && one?.[1] !== undefined) {
    const taskId = decodeSegment(one[1]);
    return taskId === undefined ? undefined : { action: "DescribeTask", taskId };
  }
  switch (`${method} ${path}`) {
    case "GET /api/v1/tasks":
      return { action: "DescribeTasks" };
    case "POST /api/v1/resources/update":
      return { action: "UpdateResources" };
    case "POST /api/v1/rules/check":
      return { action: "CheckRules" };
    default:
      return undefined;
  }
}

/** Whether the headers name the operation and the version that the path stands for. */
export function checkRoute(request: ApiRequest, call: Call | undefined): Refusal | undefined {
  const action = header(request, "x-acs-action");
  if (call === undefined || (action !== undefined && action !== call.action)) {
    return refuse("InvalidAction.NotFound");
  }
  if (action === undefined) {
    return { httpStatus: 400, code: "MissingAction", message: "Action is mandatory for this action." };
  }
  const version = header(request, "x-acs-version");
  if (version === undefined) {
    return { httpStatus: 400, code: "MissingVersion", message: "Version is mandatory for this action." };
  }
  return version === API_VERSION ? undefined : refuse("InvalidVersion");
}

/** One segment of a path, decoded; undefined when it is no valid encoding. */
export function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
