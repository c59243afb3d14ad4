import { sleep } from "../../async/sleep.ts";
import { classifyError } from "../../policy/observe/classify-error.ts";
import { MAX_PAGE_SIZE, pagesOf } from "../../task/pages-of.ts";
import { readableTask } from "../../task/parse-task.ts";
import { clockOffsetMsOf, type TaskPage, type TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";

/** A source with a listing. */
export type ListingSource = TaskSource & Required<Pick<TaskSource, "list">>;

/** What a task that was just started is searched for by. */
export interface StartedQuery {
  readonly source: ListingSource;
  readonly taskType: string;
  /** When the start was sent, in Unix milliseconds of our clock as it is now. */
  readonly sentAtMs: () => number;
  /** Leaves out tasks that can't be it. */
  readonly mayBe: (task: Task) => boolean;
  readonly signal: AbortSignal;
  /** For how long after it was sent the service may take it: until then, it is searched for. */
  readonly lapsesAfterMs?: number | undefined;
  /** Hears that nothing was found so far, and for how long it is searched for at most. */
  readonly onHeld?: (leftMs: number) => void;
}

/** What the listing tells of it. */
export interface StartedFinding {
  /** Tasks that began since then. */
  readonly taskIds: readonly string[];
  /** Tasks of which the listing does not tell yet when they began. */
  readonly undated: readonly string[];
  /** Why the last listing could not be had, if so. */
  readonly error?: unknown;
  /** It was not taken: the service does not take it any more, and no listing of half a minute shows a task that may be it. */
  readonly hasLapsed?: boolean;
}

// A task may take a moment to show, and longer to get its start time. Half a minute in all.
const READ_AFTER_MS = [0, 500, 1000, 2000, 4000, 8000, 15_000];
const READ_FOR_MS = READ_AFTER_MS.reduce((sum, delayMs) => sum + delayMs, 0);
const READ_EVERY_MS = 60_000;
const MAX_PAGES = 40;
// The service counts whole seconds, and so does the clock that its offset was read from.
const CLOCK_SLACK_MS = 2000;

/**
 * Searches the listing for what an unclear start has started. It reads the listing again while it finds nothing, or
 * tasks whose start time is not told yet: for half a minute, and with `lapsesAfterMs` until the start has lapsed and for
 * half a minute after.
 */
export async function findStarted(query: StartedQuery): Promise<StartedFinding> {
  const possible = new Set<string>();
  let isLate = false;
  for (let reads = 0; ; reads++) {
    if (isLate !== leftMs(query) <= 0) {
      // A listing may lag: once the start has lapsed, one that lacks the task proves nothing, nor do those before.
      isLate = !isLate;
      reads = 0;
    }
    const finding = await readOrError(query, possible);
    const isFound =
      finding.taskIds.length > 1 || (finding.taskIds.length === 1 && finding.undated.length === 0);
    if (isFound || finding.isFinal) {
      return finding;
    }
    const delayMs = READ_AFTER_MS[reads + 1];
    const restMs = leftMs(query);
    if (delayMs !== undefined) {
      await sleep(delayMs, query.signal);
      continue;
    }
    if (isLate && restMs <= 0) {
      return { ...finding, hasLapsed: finding.isWhole && possible.size === 0 };
    }
    if (restMs === Number.POSITIVE_INFINITY || finding.taskIds.length > 0) {
      return finding;
    }
    if (reads + 1 === READ_AFTER_MS.length) {
      query.onHeld?.(Math.max(0, restMs) + READ_FOR_MS);
    }
    await sleep(Math.min(READ_EVERY_MS, Math.max(0, restMs)), query.signal);
  }
}

/** For how long the service may still take the start. */
function leftMs({ source, sentAtMs, lapsesAfterMs = Number.POSITIVE_INFINITY }: StartedQuery): number {
  // A date of ours that is ahead of the service's clock is good for longer.
  const aheadMs = Math.max(0, -(clockOffsetMsOf(source) ?? 0));
  return sentAtMs() + aheadMs + lapsesAfterMs - Date.now();
}

interface ReadFinding extends StartedFinding {
  /** Asking again can't help. */
  readonly isFinal?: boolean;
  /** The listing was read to its end. */
  readonly isWhole: boolean;
}

async function readOrError(query: StartedQuery, possible: Set<string>): Promise<ReadFinding> {
  try {
    return await readListing(query, possible);
  } catch (error) {
    query.signal.throwIfAborted();
    const meaning = classifyError(error);
    const isFinal = meaning === "denied" || meaning === "permanent";
    return { taskIds: [], undated: [], error, isFinal, isWhole: false };
  }
}

/** @param possible - Tasks of all listings so far that may be the one, even if nothing else speaks for them. */
async function readListing(query: StartedQuery, possible: Set<string>): Promise<ReadFinding> {
  const { taskType, source, signal, mayBe, sentAtMs, lapsesAfterMs = 0 } = query;
  const taskIds = new Set<string>();
  const undated = new Set<string>();
  let isWhole = true;
  const getPage = async (nextToken: string | undefined): Promise<TaskPage> => {
    const query = { taskType, maxResults: MAX_PAGE_SIZE, ...(nextToken === undefined ? {} : { nextToken }) };
    const page = await source.list(query, { signal });
    const tasks = page.tasks.map(readableTask).filter((task) => task !== undefined);
    // What can't be read may be the one.
    isWhole &&= tasks.length === page.tasks.length;
    return { ...page, tasks };
  };
  for await (const { fresh, cut } of pagesOf(getPage, { maxPages: MAX_PAGES })) {
    isWhole &&= cut === undefined;
    // Read after the answer, which may have told it.
    const earliestMs = sentAtMs() + (clockOffsetMsOf(source) ?? 0) - CLOCK_SLACK_MS;
    for (const task of fresh.filter((each) => each.taskType === taskType && mayBe(each))) {
      const { startTime, completeTime } = task;
      if (startTime !== undefined && startTime * 1000 >= earliestMs) {
        taskIds.add(task.taskId);
      } else if (startTime === undefined && task.taskStatus === "CREATED") {
        undated.add(task.taskId);
      }
      // One that ended before it began has no start time. A clock that was fast when the start was sent may have been set
      // since: where the service took its date, it was wrong by less than the start lapses after.
      const beganMs = (startTime ?? completeTime ?? Number.POSITIVE_INFINITY) * 1000;
      if (beganMs < earliestMs - lapsesAfterMs) {
        possible.delete(task.taskId);
      } else {
        possible.add(task.taskId);
      }
    }
  }
  return { taskIds: [...taskIds], undated: [...undated], isWhole };
}
