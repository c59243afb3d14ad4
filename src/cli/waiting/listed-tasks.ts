import {
  type BdrcClientOptions,
  formatDurationMs,
  isBdrcTaskId,
  isFinalStatus,
  ProtocolError,
  printable,
  startTimer,
  type Task,
  WaitTimeoutError,
} from "../../index.ts";
import { withClient } from "../flags/account.ts";
import type { WaitSettings } from "../flags/wait-settings.ts";
import { printError } from "../terminal/messages.ts";
import { taskPages } from "./task-pages.ts";

/** Which tasks to wait for. */
export interface ListedTasksQuery {
  /** Without it, those that have not ended. */
  readonly taskStatus?: string;
  readonly taskType?: string;
}

/**
 * The ids of the tasks that a listing shows, read within the bounds of the wait that they are for. A task with an id that
 * can't be asked for is left out.
 *
 * @throws WaitTimeoutError when the listing is not read to its end in time.
 */
export async function listedTaskIds(
  query: ListedTasksQuery,
  options: BdrcClientOptions,
  { resolved: { outageBudgetMs, timeoutMs }, rate: { rate } }: WaitSettings,
  interrupted: AbortSignal,
): Promise<readonly string[]> {
  const deadline = new AbortController();
  // With no time at all, each call is made once, as a wait then asks once.
  const stopTimer =
    timeoutMs === 0 ? undefined : startTimer(timeoutMs, () => deadline.abort(notReadWithin(timeoutMs)));
  const bounds = {
    signal: AbortSignal.any([interrupted, deadline.signal]),
    outageBudgetMs: timeoutMs === 0 ? 0 : outageBudgetMs,
    minIntervalMs: typeof rate === "object" ? 1000 / rate.perSecond : 0,
  };
  const tasks: Task[] = [];
  try {
    await withClient(options, async (client) => {
      for await (const page of taskPages(client, query, bounds)) {
        tasks.push(...page);
      }
    });
  } finally {
    stopTimer?.();
  }
  const wanted = tasks.filter(
    ({ taskStatus }) => query.taskStatus !== undefined || !isFinalStatus(taskStatus),
  );
  return usableIds(wanted.map(({ taskId }) => taskId));
}

function notReadWithin(timeoutMs: number): WaitTimeoutError {
  return new WaitTimeoutError(
    `DescribeTasks: the listing was not read to its end within ${formatDurationMs(timeoutMs)}`,
    { elapsedMs: timeoutMs },
  );
}

/** @throws ProtocolError when there are ids, and none that can be used. */
function usableIds(ids: readonly string[]): readonly string[] {
  const usable = ids.filter(isBdrcTaskId);
  const [bad] = ids.filter((id) => !isBdrcTaskId(id));
  if (bad === undefined) {
    return usable;
  }
  const count = ids.length - usable.length;
  const what = `the listing gives ${count === 1 ? "a task" : `${count} tasks`} whose id can't be asked for, such as "${printable(bad, 80)}"`;
  if (usable.length === 0) {
    throw new ProtocolError(`DescribeTasks: ${what}`);
  }
  printError(`warning: ${what}: not waited for`);
  return usable;
}
