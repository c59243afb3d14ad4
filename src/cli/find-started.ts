import { setTimeout as sleep } from "node:timers/promises";
import { type BdrcClient, isTaskwaitError } from "../index.ts";
import { type TaskPagesQuery, taskPages } from "./task-pages.ts";

// A task may take a moment to show up in the listing.
const LOOK_AFTER_MS = [0, 1000, 2000, 4000];
// Clocks differ, and the service counts whole seconds.
const CLOCK_SLACK_S = 60;
// Far more than run at once; beyond it, a listing is history.
const MOST_TASKS = 2000;

/** What was there before a start, so that the new task can be told from the others. */
export interface RunningBefore {
  readonly taskType: string;
  /** Undefined when it could not be found out. */
  readonly taskIds: ReadonlySet<string> | undefined;
  /** Unix seconds. */
  readonly atSeconds: number;
}

/** Takes note of the tasks of a type that run already. That it fails must not keep a start from being tried. */
export async function runningBefore(
  client: BdrcClient,
  taskType: string,
  signal: AbortSignal,
): Promise<RunningBefore> {
  const atSeconds = Math.floor(Date.now() / 1000);
  try {
    // A service that is out of order would keep the start waiting, which is to say so itself.
    const retry = ["throttled"] as const;
    const [created, running] = await Promise.all([
      idsOf(client, { taskType, taskStatus: "CREATED", retry }, signal),
      idsOf(client, { taskType, taskStatus: "RUNNING", retry }, signal),
    ]);
    return { taskType, taskIds: new Set([...created, ...running]), atSeconds };
  } catch (error) {
    if (signal.aborted || !isTaskwaitError(error)) {
      throw error;
    }
    return { taskType, taskIds: undefined, atSeconds };
  }
}

/**
 * Looks in the listing for tasks that were started since. Looks again after a while when there is none.
 *
 * @returns Their ids: one is what the start made, as far as anybody can tell; more are of several starters.
 */
export async function findStarted(
  client: BdrcClient,
  before: RunningBefore,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (before.taskIds === undefined) {
    return [];
  }
  for (const delayMs of LOOK_AFTER_MS) {
    await sleep(delayMs, undefined, { signal });
    const found = await idsOf(client, { taskType: before.taskType }, signal, before);
    if (found.length > 0) {
      return found;
    }
  }
  return [];
}

async function idsOf(
  client: BdrcClient,
  query: TaskPagesQuery,
  signal: AbortSignal,
  since?: RunningBefore,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const tasks of taskPages(client, { ...query, limit: MOST_TASKS }, signal)) {
    for (const { taskId, startTime } of tasks) {
      const isNew =
        since === undefined ||
        (!since.taskIds?.has(taskId) &&
          (startTime === undefined || startTime >= since.atSeconds - CLOCK_SLACK_S));
      if (isNew) {
        ids.push(taskId);
      }
    }
  }
  return ids;
}
