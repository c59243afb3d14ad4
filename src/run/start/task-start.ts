import { invalidOption } from "../../options/check-options.ts";
import type { TaskSource } from "../../task/source.ts";

/** What a start gets to know. */
export interface StartContext {
  /** From 1. */
  readonly attempt: number;
  /** Aborts when nobody needs the start any more. */
  readonly signal: AbortSignal;
}

/**
 * Starts one task and tells its id. It makes one call and repeats nothing: whether a start may be sent again is
 * not its business.
 *
 * `taskType` and `source` are for a start that may have been taken although its answer was lost: it is searched for
 * among the tasks of that type.
 */
export interface TaskStart {
  (context: StartContext): Promise<string | { readonly taskId: string }>;
  /** As the service calls it, such as `UPDATE_RESOURCES`. */
  readonly taskType?: string;
  /**
   * For how long after it was sent the service may take it, in milliseconds. A start that an earlier process has sent, and
   * that no listing shows after that time, is sent again; without it, never.
   */
  readonly lapsesAfterMs?: number;
  /** Where the started task is seen; such as a `BdrcClient`. */
  readonly source?: TaskSource;
}

/** Refuses what is no start. */
export function checkStart(start: TaskStart, action: string): void {
  if (typeof start !== "function") {
    throw invalidOption(`${action}: start`, "must be a function", start);
  }
  const lapsesAfterMs: unknown = start.lapsesAfterMs;
  if (lapsesAfterMs !== undefined && !(typeof lapsesAfterMs === "number" && lapsesAfterMs > 0)) {
    throw invalidOption(
      `${action}: start.lapsesAfterMs`,
      "must be a number of milliseconds, more than 0",
      lapsesAfterMs,
    );
  }
}
