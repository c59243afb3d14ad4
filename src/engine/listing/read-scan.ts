import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { readableTask } from "../../task/parse-task.ts";
import { isFinalStatus } from "../../task/status.ts";
import type { Task } from "../../task/task.ts";
import type { PollResult } from "../tasks/poll.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import type { Fleet } from "./fleet-totals.ts";
import type { ListingCoverage } from "./listing-coverage.ts";
import type { ListingScan, ScanEnd, ScannedPage } from "./listing-scan.ts";

/** A tracked task of which a page tells something new. */
export interface ShownTask {
  readonly tracked: TrackedTask;
  readonly result: PollResult;
  /** How long ago the task was as the page shows it. */
  readonly ageMs: number;
}

/** Reads a scan: what its pages tell, page by page; at last, how it ended and the ids of the tracked tasks it showed. */
export async function* readScan(
  scan: ListingScan,
  fleet: Fleet,
  { lag }: ListingCoverage,
  clock: MonotonicClock,
): AsyncGenerator<
  readonly ShownTask[],
  { readonly end: ScanEnd; readonly shown: ReadonlySet<string> },
  undefined
> {
  const shown = new Set<string>();
  const pages = scan.pages();
  let next = await pages.next();
  for (; !next.done; next = await pages.next()) {
    const found: ShownTask[] = [];
    const nowMs = clock.nowMs();
    const { tasks, sentMs, callMs } = next.value;
    for (const listed of tasks) {
      const { taskId, taskStatus } = essentialsOf(listed);
      const tracked = fleet.tasks.get(taskId);
      const hasEnded = isFinalStatus(taskStatus);
      if (tracked === undefined) {
        if (!hasEnded && lag.knowsEnd(taskId)) {
          lag.shownRunning(taskId, sentMs, nowMs);
        }
        continue;
      }
      // Listed twice, because it moved between pages: the first time was as good.
      if (taskStatus === "" || (shown.has(taskId) && !hasEnded)) {
        continue;
      }
      shown.add(taskId);
      tracked.listed(hasEnded ? undefined : sentMs);
      const ageMs = hasEnded ? 0 : ageMsOf(tracked, taskStatus, next.value, fleet, lag.lagMs(nowMs), nowMs);
      const task = ageMs === undefined ? undefined : readableTask(listed);
      if (ageMs !== undefined && task !== undefined) {
        found.push({ tracked, ageMs, result: { observation: { kind: "task", task }, callMs } });
      }
    }
    yield found;
  }
  return { end: next.value, shown };
}

type Essentials = Pick<Task, "taskId" | "taskStatus">;

const NO_TASK: Essentials = { taskId: "", taskStatus: "" };

/** What tells whether a listed task matters here: most do not, and the rest of them is not read. */
function essentialsOf(listed: unknown): Essentials {
  try {
    const { taskId, taskStatus } = listed as Essentials;
    return typeof taskId === "string" && typeof taskStatus === "string" ? { taskId, taskStatus } : NO_TASK;
  } catch {
    return NO_TASK;
  }
}

/** How long ago the task was as a page shows it running; undefined when that tells nothing new. */
function ageMsOf(
  tracked: TrackedTask,
  taskStatus: string,
  { sentMs }: ScannedPage,
  { inFlight }: Fleet,
  lagMs: number,
  nowMs: number,
): number | undefined {
  // What was seen since is newer. W3: the last poll before a deadline is the task's own.
  const isOlder =
    tracked.isSeen && tracked.value.fromMs >= sentMs - lagMs && (lagMs > 0 || !tracked.isPresumedEnded);
  if (isOlder || inFlight.has(tracked) || tracked.isNearDeadline(nowMs)) {
    return undefined;
  }
  if (tracked.isRedundant(taskStatus, nowMs)) {
    tracked.ranAt(sentMs - lagMs);
    return undefined;
  }
  return Math.min(lagMs, nowMs - tracked.addedMs);
}
