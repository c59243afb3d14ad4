import { SERVICE_BACKOFF } from "../../async/backoff.ts";
import { retry } from "../../async/retry.ts";
import { checkIdFor } from "../../options/task-id.ts";
import { retryAfterMsOf } from "../../policy/observe/classify-error.ts";
import { classifyStart } from "../../policy/observe/classify-start.ts";
import { ProtocolError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { TaskSource } from "../../task/source.ts";
import type { StartContext, TaskStart } from "./task-start.ts";

// What a service may ask for at most.
const MAX_ASKED_MS = 300_000;

/**
 * When a start was sent, in Unix milliseconds: by the wall clock as it was then, or as it is now, whichever is earlier. A
 * clock that was set and a machine that was suspended are the same to a process; the earlier moment overlooks no task.
 */
export class SentMoment {
  readonly #wallMs: number = Date.now();
  readonly #steadyMs: number = performance.now();

  get atMs(): number {
    return Math.min(this.#wallMs, Date.now() - (performance.now() - this.#steadyMs));
  }
}

/** When an earlier try was sent: before now, whatever the clock of then said. */
export function beforeNow(sentAtMs: number): number {
  return Math.min(sentAtMs, Date.now());
}

/** What became of a start. */
export type SentStart =
  | { readonly taskId: string }
  /** It may have been taken. */
  | { readonly unclear: unknown; readonly sentAtMs: () => number };

/** Hears that a start was not taken and will be sent again after `delayMs`. */
export type OnStartRetry = (error: Error, delayMs: number) => void;

/**
 * Sends a start until it is taken, refused, or has become unclear. Only what was throttled or never sent is sent
 * again, for as long as the signal lets it.
 *
 * @param source - Whose rule for ids holds.
 * @throws What the start threw when it was refused; the signal's reason.
 */
export async function sendStart(
  start: TaskStart,
  context: StartContext,
  onRetry: OnStartRetry,
  source: Pick<TaskSource, "checkTaskId"> = {},
): Promise<SentStart> {
  const { signal } = context;
  let sent = new SentMoment();
  try {
    const attempt = async (): Promise<SentStart> => {
      sent = new SentMoment();
      return { taskId: startedId(await start(context), source) };
    };
    return await retry(attempt, {
      backoff: SERVICE_BACKOFF,
      signal,
      shouldRetry: (error) => classifyStart(error) === "retry",
      retryAfterMs: (error) => Math.min(MAX_ASKED_MS, retryAfterMsOf(error) ?? 0),
      onRetry: ({ error, delayMs }) => onRetry(toError(error), delayMs),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (classifyStart(error) === "unclear") {
      return { unclear: error, sentAtMs: () => sent.atMs };
    }
    throw error;
  }
}

function startedId(started: unknown, source: Pick<TaskSource, "checkTaskId">): string {
  const taskId = typeof started === "string" ? started : (started as { taskId?: unknown } | null)?.taskId;
  try {
    checkIdFor(source, taskId);
  } catch (cause) {
    // It was taken all the same: search for what it has started.
    throw new ProtocolError(`start: gave no usable task id: ${quoted(taskId)}`, { cause });
  }
  return taskId;
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(quoted(thrown));
}
