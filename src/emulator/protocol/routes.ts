import * as z from "zod/mini";
import { decodeSegment } from "./api-request.ts";

/** The version of the API that is emulated. */
export const API_VERSION = "2023-08-08";

/** The operations that are emulated. */
export const ACTIONS = ["DescribeTask", "DescribeTasks", "UpdateResources", "CheckRules"] as const;

/** The operations that the emulator answers. */
export type Action = (typeof ACTIONS)[number];

/** What quotas and access policies name: an operation of BDRC, or a declared API, which is one operation. */
export type OperationName = Action | (string & Record<never, never>);

/**
 * Reads an {@link OperationName}.
 *
 * @internal
 */
export const operationName: z.ZodMiniType<OperationName> = z
  .string()
  .check(
    z.refine(
      (name) => (ACTIONS as readonly string[]).includes(name) || /^[a-z][a-z0-9-]{0,62}$/.test(name),
      `must be one of ${ACTIONS.join(", ")}, or the name of a declared API`,
    ),
  );

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
