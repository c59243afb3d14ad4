import pRetry from "p-retry";
import { sleep } from "../async/sleep.ts";
import { retryAfterMsOf } from "../policy/observe/classify-error.ts";
import { classifyStart } from "../policy/observe/classify-start.ts";
import { ProtocolError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import { checkTaskId } from "../task/task-id.ts";
import type { StartContext, TaskStart } from "./task-start.ts";

const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 30_000;

/** What became of a start. */
export type SentStart =
  | { readonly taskId: string }
  /** It may have been taken. */
  | { readonly unclear: unknown; readonly sentAtMs: number };

/** Hears that a start was not taken and will be sent again after `delayMs`. */
export type OnStartRetry = (error: Error, delayMs: number) => void;

/**
 * Sends a start until it is taken, refused, or has become unclear. Only what was throttled or never sent is sent
 * again, for as long as the signal lets it.
 *
 * @throws What the start threw when it was refused; the signal's reason.
 */
export async function sendStart(
  start: TaskStart,
  context: StartContext,
  onRetry: OnStartRetry,
): Promise<SentStart> {
  const { signal } = context;
  try {
    return await pRetry(() => sendOnce(start, context), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: FIRST_BACKOFF_MS,
      maxTimeout: MAX_BACKOFF_MS,
      signal,
      shouldRetry: ({ error }) => error instanceof NotTaken && error.mayRetry,
      onFailedAttempt: async ({ error, attemptNumber }) => {
        if (error instanceof NotTaken && error.mayRetry) {
          const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attemptNumber - 1));
          const askedMs = retryAfterMsOf(error.thrown) ?? 0;
          onRetry(toError(error.thrown), Math.max(askedMs, backoffMs));
          await sleep(Math.max(0, askedMs - backoffMs), signal);
        }
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof NotTaken ? error.thrown : error;
  }
}

async function sendOnce(start: TaskStart, context: StartContext): Promise<SentStart> {
  const sentAtMs = Date.now();
  try {
    return { taskId: startedId(await start(context)) };
  } catch (error) {
    context.signal.throwIfAborted();
    const meaning = classifyStart(error);
    if (meaning === "unclear") {
      return { unclear: error, sentAtMs };
    }
    throw new NotTaken(error, meaning === "retry");
  }
}

/** Carries what a start threw through p-retry, which has its own ideas of a `TypeError` and of what is no error. */
class NotTaken extends Error {
  override readonly name = "NotTaken";
  readonly thrown: unknown;
  readonly mayRetry: boolean;

  constructor(thrown: unknown, mayRetry: boolean) {
    super("a start was not taken");
    this.thrown = thrown;
    this.mayRetry = mayRetry;
  }
}

function startedId(started: unknown): string {
  const taskId = typeof started === "string" ? started : (started as { taskId?: unknown } | null)?.taskId;
  try {
    checkTaskId(taskId);
  } catch (cause) {
    // It was taken all the same: what it has started is to be looked for.
    throw new ProtocolError(`start: gave no usable task id: ${quoted(taskId)}`, { cause });
  }
  return taskId;
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(quoted(thrown));
}
