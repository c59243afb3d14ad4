import { printable } from "../../task/printable.ts";
import type { Action } from "../protocol/routes.ts";

/** What is kept of a request. It holds no secret: no header, no query, no body. */
export interface RequestRecord {
  /** How many requests came before it. */
  readonly n: number;
  /** When it came, in Unix milliseconds. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly action?: Action;
  /** The declared API that it was for. */
  readonly api?: string;
  /** The task that it asked for or started. */
  readonly taskId?: string;
  readonly accessKeyId?: string;
  /** 0 when no answer was to come. */
  readonly httpStatus: number;
  /** The answer's `Code`, when it was an error. */
  readonly code?: string;
  readonly requestId?: string;
  /** The kinds of the faults it met. */
  readonly faults: readonly string[];
}

/** One line for a log: `12:00:01.250 GET /api/v1/tasks/t-1 DescribeTask 400 Throttling.User`. */
export function formatRequestRecord(record: RequestRecord): string {
  const { atMs, method, path, action, api, taskId, httpStatus, code, faults } = record;
  return [
    new Date(atMs).toISOString().slice(11, 23),
    printable(method, 20),
    printable(path, 200),
    action ?? api ?? "-",
    ...(taskId === undefined || path.endsWith(taskId) ? [] : [printable(taskId, 140)]),
    httpStatus === 0 ? "no answer" : String(httpStatus),
    ...(code === undefined ? [] : [printable(code, 100)]),
    ...(faults.length === 0 ? [] : [`(${faults.join(", ")})`]),
  ].join(" ");
}
