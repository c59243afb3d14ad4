import { sleep } from "../async/sleep.ts";
import { classifyError } from "../policy/observe/classify-error.ts";
import { clockOffsetMsOf, type TaskSource } from "../task/source.ts";
import type { Task } from "../task/task.ts";

/** A source with a listing. */
export type ListingSource = TaskSource & Required<Pick<TaskSource, "list">>;

/** What a task that was just started is looked for by. */
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
const LOOK_AFTER_MS = [0, 500, 1000, 2000, 4000, 8000, 15_000];
const PAGE_SIZE = 500;
const MAX_PAGES = 40;
// The service counts whole seconds, and so does the clock that its offset was read from.
const CLOCK_SLACK_MS = 2000;

/**
 * Looks in the listing for what an unclear start has started. It looks again while it finds nothing, or tasks
 * whose start time is not told yet.
 */
export async function findStarted(query: StartedQuery): Promise<StartedFinding> {
  let finding: StartedFinding = { taskIds: [], undated: [] };
  for (const delayMs of LOOK_AFTER_MS) {
    await sleep(delayMs, query.signal);
    try {
      finding = await pollOnce(query);
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

async function pollOnce(query: StartedQuery): Promise<StartedFinding> {
  const taskIds = new Set<string>();
  const undated = new Set<string>();
  const seenTokens = new Set<string>();
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { taskType, source, signal } = query;
    const answer = await source.list(
      { taskType, maxResults: PAGE_SIZE, ...(nextToken === undefined ? {} : { nextToken }) },
      { signal },
    );
    // Read after the answer, which may have told it.
    const earliestMs = query.sinceMs + (clockOffsetMsOf(query.source) ?? 0) - CLOCK_SLACK_MS;
    for (const task of answer.tasks) {
      if (task.taskType !== taskType || !query.mayBe(task)) {
        continue;
      }
      if (task.startTime !== undefined && task.startTime * 1000 >= earliestMs) {
        taskIds.add(task.taskId);
      } else if (task.startTime === undefined && task.taskStatus === "CREATED") {
        undated.add(task.taskId);
      }
    }
    nextToken = answer.nextToken;
    if (nextToken === undefined || seenTokens.has(nextToken)) {
      break;
    }
    seenTokens.add(nextToken);
  }
  return { taskIds: [...taskIds], undated: [...undated].filter((taskId) => !taskIds.has(taskId)) };
}
