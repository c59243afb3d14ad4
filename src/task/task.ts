import type { TaskStatus } from "./status.ts";

/**
 * One task as the service shows it. The names are the official SDK's camelCase of the API's fields, and all
 * values are plain JSON, so that a task survives `JSON.stringify`, a journal or a heartbeat unchanged.
 *
 * Source: API BDRC 2023-08-08, DescribeTask, `Data`.
 */
export interface Task {
  /** Such as `t-0000e4w0u1v592zdf6s7`. */
  readonly taskId: string;
  readonly taskName?: string;
  readonly taskDescription?: string;
  /** Such as `UPDATE_RESOURCES` or `CHECK_RULES`. */
  readonly taskType?: string;
  /** `HIGH` for a task that a user started, `LOW` for a background one. */
  readonly taskPriority?: string;
  /** The service's own word for the state, where a declared task API was read. */
  readonly serviceStatus?: string;
  /** Of a {@link Task.serviceStatus} in no state: the declared word that differs in case or white space alone. */
  readonly nearestWord?: string;
  /** The only field that decides whether the task has ended. */
  readonly taskStatus: TaskStatus;
  /** In hundredths of a percent, 0 to 10000, as the service sent it: it may jump, stall or go backwards. */
  readonly progress?: number;
  /** The service's own estimate of the time left, in seconds, where a declared task API has one. */
  readonly remaining?: number;
  /** How long the service asks to wait before the next poll, in milliseconds: it lasts for `maxIntervalMs` at most. */
  readonly pollAfterMs?: number;
  /** May be present on a running task, where it fails nothing. */
  readonly errorMessage?: string;
  /** Unix seconds; absent while the task has not started. */
  readonly startTime?: number;
  /** Unix seconds; absent while the task has not ended (though the service may send it earlier). */
  readonly completeTime?: number;
  /** Unix seconds; may lie in the past and never ends a wait by itself. */
  readonly expireTime?: number;
  /** JSON, as the service sent it; {@link Task.detail} is the same, parsed. */
  readonly taskDetail?: string;
  /** JSON, as the service sent it; {@link Task.result} is the same, parsed. */
  readonly taskResult?: string;
  readonly executionId?: string;
  /** The request that started the task, not the one that asked for it. */
  readonly requestId?: string;
  /** 0 to 100, from {@link Task.progress}, clamped; absent when there is no progress. */
  readonly percent?: number;
  /**
   * What is inside {@link Task.taskDetail}; absent when that is not JSON, is nested deeper than 500, or has a number
   * beyond JavaScript's range. Large integers are rounded, as `JSON.parse` does: `taskDetail` has all digits.
   */
  readonly detail?: unknown;
  /** What is inside {@link Task.taskResult}, under the same conditions as {@link Task.detail}. */
  readonly result?: unknown;
}

/** A completed task whose {@link Task.result} a schema has read. Without a schema, `Result` is `unknown`. */
export type TaskWithResult<Result> = unknown extends Result ? Task : Task & { readonly result: Result };
