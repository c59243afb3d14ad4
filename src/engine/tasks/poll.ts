import { retry } from "../../async/retry.ts";
import { timedCall } from "../../async/timed-call.ts";
import {
  canRetryAtOnce,
  type ImmediateRetry,
  IN_POLL_BACKOFF,
  IN_POLL_RETRIES,
} from "../../policy/decide/immediate-retry.ts";
import { type Observation, observe } from "../../policy/observe/observe.ts";
import { UnreachableError } from "../../task/errors.ts";
import type { TaskSource } from "../../task/source.ts";
import type { Poll } from "./poll-handle.ts";

/** What a poll gave, and how long its last call took. */
export interface Look {
  readonly observation: Observation;
  readonly callMs: number;
}

/** What polls need from who makes them. */
export interface LookContext {
  readonly source: TaskSource;
  readonly nowMs: () => number;
  /** Every call after the first asks for a permit of its own. */
  readonly acquirePermit: (signal: AbortSignal) => Promise<void>;
  /** Hears of every call's answer. */
  readonly onAnswer: (poll: Poll, observation: Observation) => void;
  /** Hears that a call failed and will be sent again. */
  readonly onResend: (poll: Poll, resending: ImmediateRetry) => void;
}

/** One poll: one call, or a few when resending at once makes sense. It never rejects. */
export async function look(poll: Poll, context: LookContext): Promise<Look> {
  const first = await call(poll, context);
  if (poll.isAbandoned) {
    return abandoned(poll);
  }
  return needsResending(first) ? pollAgain(first, poll, context) : first;
}

async function pollAgain(first: FailedLook, poll: Poll, context: LookContext): Promise<Look> {
  const abort = new AbortController();
  const { signal } = abort;
  poll.endsBy((reason) => abort.abort(reason));
  let last: Look = first;
  try {
    return await retry(
      async (attempt) => {
        // The first attempt has been made: nearly every poll needs no second, and is spared the machinery.
        if (attempt > 1) {
          await context.acquirePermit(signal);
          last = await call(poll, context, signal);
        }
        if (needsResending(last)) {
          throw last.observation.error;
        }
        return last;
      },
      {
        retries: IN_POLL_RETRIES,
        backoff: IN_POLL_BACKOFF,
        signal,
        onRetry: ({ error, delayMs }) => {
          const calledAtMs = context.nowMs() - last.callMs;
          context.onResend(poll, { error: toError(error), calledAtMs, delayMs });
        },
      },
    );
  } catch {
    return poll.isAbandoned ? abandoned(poll) : last;
  }
}

interface FailedLook extends Look {
  readonly observation: Extract<Observation, { kind: "transient" }>;
}

function needsResending(look: Look): look is FailedLook {
  return look.observation.kind === "transient" && canRetryAtOnce(look.observation);
}

async function call(
  poll: Poll,
  { source, nowMs, onAnswer }: LookContext,
  signal?: AbortSignal,
): Promise<Look> {
  const { taskId, callTimeoutMs } = poll;
  const begunMs = nowMs();
  let observation: Observation;
  try {
    const { promise, cancel } = timedCall((own) => observe(source, taskId, own), {
      signal,
      timeoutMs: callTimeoutMs,
      onTimeout: () =>
        new UnreachableError(`describe: no answer about task ${taskId} within ${callTimeoutMs} ms`, {
          taskId,
        }),
    });
    if (signal === undefined) {
      poll.endsBy(cancel);
    }
    observation = await promise;
  } catch (error) {
    observation = { kind: "transient", error: toError(error) };
  }
  const callMs = nowMs() - begunMs;
  onAnswer(poll, observation);
  return { observation, callMs };
}

function abandoned({ reason }: Poll): Look {
  return { observation: { kind: "transient", error: toError(reason) }, callMs: 0 };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new UnreachableError("the call was aborted", { cause: reason });
}
