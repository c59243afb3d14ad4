import type { Task } from "./task.ts";

/** One page of a listing. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Asks for the next page; absent at the end. */
  readonly nextToken?: string;
  /** Only when the service says it. */
  readonly totalCount?: number;
}

/** What to list. */
export interface TaskListQuery {
  /** One status; absent lists all. */
  readonly taskStatus?: string;
  /** One type, such as `UPDATE_RESOURCES`; absent lists all. A source may ignore it: read the tasks' own. */
  readonly taskType?: string;
  /** From the page before. */
  readonly nextToken?: string;
  /** Tasks a page; BDRC gives 10 to 500. */
  readonly maxResults?: number;
}

/** Options of every call. */
export interface CallOptions {
  /** Cancels the call down to the socket; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What identifies a declared task API in a checkpoint. */
export interface ApiIdentity {
  readonly name: string;
  /** Of what decides how a task is asked for and read. */
  readonly digest: string;
}

/** What a service documents of its limits. */
export interface SourceLimits {
  /**
   * Calls per second that it takes of one account, listings included: an adaptive rate begins just below and goes no
   * further.
   */
  readonly perSecond?: number;
  /** No task is to be asked for more often, in milliseconds, whatever a wait's `minIntervalMs`. */
  readonly minIntervalMs?: number;
}

/**
 * What the service counts together. Waiters of one process whose sources name the same key share one rate for these
 * calls, and a throttle slows them all.
 */
export interface QuotaKeys {
  /** Of polls: account, region and operation, in any form. Never put a secret into it; a hash of one will do. */
  readonly describe?: string;
  /** Of listings; the same as {@link QuotaKeys.describe} where both count as one. */
  readonly list?: string;
}

/**
 * Where tasks are seen. {@link TaskSource.describe} makes exactly one call to the service and throws what went
 * wrong: retries, pace and budgets are the wait's business, which tells errors apart by class and code.
 */
export interface TaskSource {
  /** How the task is now. Rejects with an error when that can't be told. */
  describe(taskId: string, options: CallOptions): Promise<Task>;
  /**
   * How far the service's clock is ahead of ours, in milliseconds, when the source knows, such as from the
   * `Date` of its answers. It lets `startTime` be read right where the two disagree.
   */
  clockOffsetMs?(): number | undefined;
  /** A page of tasks, in no promised order. Sources without listings leave it out. */
  list?(query: TaskListQuery, options: CallOptions): Promise<TaskPage>;
  /**
   * Several tasks in exactly one call, at most {@link TaskSource.maxIds} of them. Unlike with a listing, a task that is
   * missing in the answer does not exist.
   */
  describeMany?(taskIds: readonly string[], options: CallOptions): Promise<readonly Task[]>;
  /** How many ids {@link TaskSource.describeMany} takes. */
  readonly maxIds?: number;
  /** Throws an `InvalidOptionError` for what can't be an id here. Without it, ids are those of BDRC. */
  checkTaskId?(taskId: unknown): void;
  /** Of a declared task API. A wait is resumed with the same only. */
  readonly api?: ApiIdentity;
  readonly limits?: SourceLimits;
  /** Without it, only waiters of this very object share a rate. */
  readonly quotaKeys?: QuotaKeys;
}

/** What {@link TaskSource.clockOffsetMs} says; undefined when it says nothing, throws, or gives no finite number. */
export function clockOffsetMsOf(source: TaskSource): number | undefined {
  try {
    const offsetMs: unknown = source.clockOffsetMs?.();
    return typeof offsetMs === "number" && Number.isFinite(offsetMs) ? offsetMs : undefined;
  } catch {
    return undefined;
  }
}

/** What a source documents, without what is no such number. */
export function limitsOf({ limits }: Pick<TaskSource, "limits">): SourceLimits {
  const { perSecond, minIntervalMs } = limits ?? {};
  return {
    ...(isPositive(perSecond) ? { perSecond } : {}),
    ...(isPositive(minIntervalMs) ? { minIntervalMs } : {}),
  };
}

/** What a source says of its quotas, without what is no text. */
export function quotaKeysOf(source: TaskSource): QuotaKeys {
  try {
    const { describe, list } = source.quotaKeys ?? {};
    return {
      ...(isText(describe) ? { describe } : {}),
      ...(isText(list) ? { list } : {}),
    };
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && value > 0 && Number.isFinite(value);
}
