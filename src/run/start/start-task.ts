import { StartUnknownError } from "../../task/errors.ts";
import { printable } from "../../task/printable.ts";
import type { TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";
import { claim, claimsOf } from "./claims.ts";
import { findStarted, type ListingSource, type StartedFinding } from "./find-started.ts";
import { beforeNow, type OnStartRetry, type SentStart, sendStart, toError } from "./send-start.ts";
import { checkStart, type TaskStart } from "./task-start.ts";

/** How to start. */
export interface StartTaskOptions {
  /** Ends the start, which rejects with the signal's reason. A task may have been started all the same. */
  readonly signal?: AbortSignal | undefined;
  /** How the service calls what is started; the start's own by default. */
  readonly taskType?: string | undefined;
  /** Where an unclear start is searched for; the start's own by default. */
  readonly source?: TaskSource | undefined;
  /** Tells ours from other tasks of its type that began at the same time; by default any may be ours. */
  readonly isOurs?: ((task: Task) => boolean) | undefined;
  /** Tasks that can't be the started one. */
  readonly known?: readonly string[] | undefined;
  /** Told to the start; default 1. */
  readonly attempt?: number | undefined;
  /**
   * An earlier try was sent at this time, in Unix milliseconds, and its outcome was lost: it is searched for. Nothing
   * is sent, unless the start has lapsed (`TaskStart.lapsesAfterMs`) and no listing shows a task that may be it.
   */
  readonly sentAtMs?: number | undefined;
  /** Hears that no listing shows the earlier try, and that it is sent again after `delayMs` if none does by then. */
  readonly onHeld?: OnStartRetry | undefined;
  /** Hears that a start was not taken and will be sent again. */
  readonly onRetry?: OnStartRetry | undefined;
}

/** What was started. */
export interface StartedTaskFinding {
  readonly taskId: string;
  /** The answer was lost; the task was found in the listing. */
  readonly adopted: boolean;
}

/**
 * Starts a task, once. What was throttled or never sent is sent again, for as long as the signal lets it. A start
 * that may have been taken is searched for in the listing for half a minute, by its type and time, and adopted. It is
 * sent again only by the caller that goes on with it (`sentAtMs`), once the service can't take the earlier one any more and
 * no listing shows it.
 *
 * @param start - Makes one call.
 * @param options - How to search for it when its outcome is unclear, and what ends it.
 * @throws {@link StartUnknownError} when nobody can tell whether it started a task, or which; what the start threw
 * when it was refused; the signal's reason.
 *
 * @example
 * ```ts
 * const { taskId } = await startTask(checkRules(client, { resourceArn }));
 * ```
 */
export async function startTask(
  start: TaskStart,
  options: StartTaskOptions = {},
): Promise<StartedTaskFinding> {
  checkStart(start, "startTask");
  const { signal = new AbortController().signal, attempt = 1, onRetry = () => {} } = options;
  const { source = start.source } = options;
  const sentAtMs = options.sentAtMs === undefined ? undefined : beforeNow(options.sentAtMs);
  signal.throwIfAborted();
  const sent =
    sentAtMs === undefined
      ? await sendStart(start, { attempt, signal }, onRetry, source)
      : { unclear: new Error("it was interrupted"), sentAtMs: () => sentAtMs };
  if ("taskId" in sent) {
    claim(sent.taskId, source);
    return { taskId: sent.taskId, adopted: false };
  }
  const taskId = await adopt(start, { ...options, source, signal }, sent);
  if (taskId === undefined) {
    return await startTask(start, { ...options, sentAtMs: undefined });
  }
  claim(taskId, source);
  return { taskId, adopted: true };
}

/** @returns The task; `undefined` when there is none and the earlier try has lapsed. */
async function adopt(
  start: TaskStart,
  options: StartTaskOptions & { readonly signal: AbortSignal },
  { unclear, sentAtMs }: Exclude<SentStart, { readonly taskId: string }>,
): Promise<string | undefined> {
  const {
    taskType = start.taskType,
    source,
    isOurs = () => true,
    known = [],
    signal,
    onHeld = () => {},
  } = options;
  const why = `startTask: it is not clear whether a task was started: ${printable(toError(unclear).message)}`;
  const unknown = (message: string, candidates: readonly string[] = []): StartUnknownError =>
    new StartUnknownError(message, { cause: unclear, candidates });
  if (taskType === undefined || !canList(source)) {
    const missing = taskType === undefined ? "a taskType" : "a source that lists tasks";
    throw unknown(`${why}; without ${missing} it can't be searched for`);
  }
  const finding = await findStarted({
    source,
    taskType,
    sentAtMs,
    lapsesAfterMs: options.sentAtMs === undefined ? undefined : start.lapsesAfterMs,
    onHeld: (leftMs) =>
      onHeld(unknown(`${why}; the listing shows no ${printable(taskType, 60)} task of it`), leftMs),
    mayBe: (task) => !known.includes(task.taskId) && !claimsOf(source).has(task.taskId) && isOurs(task),
    signal,
  });
  const candidates = [...finding.taskIds, ...finding.undated];
  const [only] = finding.taskIds;
  if (only !== undefined && candidates.length === 1 && !claimsOf(source).has(only)) {
    return only;
  }
  if (finding.hasLapsed) {
    return undefined;
  }
  throw unknown(`${why}; ${describe(finding, candidates, taskType)}. It was not sent again`, candidates);
}

function canList(source: TaskSource | undefined): source is ListingSource {
  return typeof source?.list === "function";
}

function describe({ error }: StartedFinding, candidates: readonly string[], taskType: string): string {
  if (error !== undefined) {
    return `the listing can't be read either: ${printable(toError(error).message)}`;
  }
  const type = printable(taskType, 60);
  const shown = candidates.slice(0, 5).map((taskId) => printable(taskId, 80));
  return candidates.length === 0
    ? `the listing shows no ${type} task that began since`
    : `the listing shows ${candidates.length} ${type} tasks any of which may be it (${shown.join(", ")})`;
}
