import { sleep } from "../async/sleep.ts";
import { classifyError } from "../policy/observe/classify-error.ts";
import { MAX_PAGE_SIZE, pagesOf } from "../task/pages-of.ts";
import { clockOffsetMsOf, type TaskPage, type TaskSource } from "../task/source.ts";
import type { Task } from "../task/task.ts";

/** A source with a listing. */
export type ListingSource = TaskSource & Required<Pick<TaskSource, "list">>;

/** What a task that was just started is searched for by. */
export interface StartedQuery {
  readonly source: ListingSource;
  readonly taskType: string;
  /** When the start was sent, in Unix milliseconds of our clock. */
  readonly sinceMs: number;
  /** Leaves out tasks that can't be it. */
  readonly mayBe: (task: Task) => boolean;
  readonly signal: AbortSignal;
}

/** What the listing tells of it. */
export interface StartedFinding {
  /** Tasks that began since then. */
  readonly taskIds: readonly string[];
  /** Tasks of which the listing does not tell yet when they began. */
  readonly undated: readonly string[];
  /** Why the last listing could not be had, if so. */
  readonly error?: unknown;
}

// A task may take a moment to show, and longer to get its start time. Half a minute in all.
const READ_AFTER_MS = [0, 500, 1000, 2000, 4000, 8000, 15_000];
const MAX_PAGES = 40;
// The service counts whole seconds, and so does the clock that its offset was read from.
const CLOCK_SLACK_MS = 2000;

/**
 * Searches the listing for what an unclear start has started. It reads the listing again while it finds nothing, or
 * tasks whose start time is not told yet.
 */
export async function findStarted(query: StartedQuery): Promise<StartedFinding> {
  let finding: StartedFinding = { taskIds: [], undated: [] };
  for (const delayMs of READ_AFTER_MS) {
    await sleep(delayMs, query.signal);
    try {
      finding = await readListing(query);
    } catch (error) {
      query.signal.throwIfAborted();
      finding = { taskIds: [], undated: [], error };
      const meaning = classifyError(error);
      if (meaning === "denied" || meaning === "permanent") {
        return finding;
      }
      continue;
    }
    if (finding.taskIds.length > 1 || (finding.taskIds.length === 1 && finding.undated.length === 0)) {
      return finding;
    }
  }
  return finding;
}

async function readListing(query: StartedQuery): Promise<StartedFinding> {
  const { taskType, source, signal, mayBe, sinceMs } = query;
  const taskIds = new Set<string>();
  const undated = new Set<string>();
  const getPage = (nextToken: string | undefined): Promise<TaskPage> =>
    source.list(
      { taskType, maxResults: MAX_PAGE_SIZE, ...(nextToken === undefined ? {} : { nextToken }) },
      { signal },
    );
  for await (const { fresh } of pagesOf(getPage, { maxPages: MAX_PAGES })) {
    // Read after the answer, which may have told it.
    const earliestMs = sinceMs + (clockOffsetMsOf(source) ?? 0) - CLOCK_SLACK_MS;
    for (const task of fresh.filter((each) => each.taskType === taskType && mayBe(each))) {
      if (task.startTime !== undefined && task.startTime * 1000 >= earliestMs) {
        taskIds.add(task.taskId);
      } else if (task.startTime === undefined && task.taskStatus === "CREATED") {
        undated.add(task.taskId);
      }
    }
  }
  return { taskIds: [...taskIds], undated: [...undated] };
}
