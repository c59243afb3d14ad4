import pRetry from "p-retry";
import { type TimedCallOptions, timedCall } from "../../async/timed-call.ts";
import {
  IN_POLL_RETRIES,
  IN_POLL_RETRY_MS,
  isWorthResending,
  type Resending,
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
  readonly onResend: (poll: Poll, resending: Resending) => void;
}

/** One poll: one call, or a few when resending at once makes sense. It never rejects. */
export async function look(poll: Poll, context: LookContext): Promise<Look> {
  const first = await call(poll, context, { onBegun: (giveUp) => poll.endsBy(giveUp) });
  if (poll.isAbandoned) {
    return abandoned(poll);
  }
  return needsResending(first) ? pollAgain(first, poll, context) : first;
}

async function pollAgain(first: Look, poll: Poll, context: LookContext): Promise<Look> {
  const abort = new AbortController();
  const { signal } = abort;
  poll.endsBy((reason) => abort.abort(reason));
  let last = first;
  try {
    return await pRetry(
      async (attempt) => {
        // The first attempt has been made: nearly every poll needs no second, and is spared the machinery.
        if (attempt > 1) {
          await context.acquirePermit(signal);
          last = await call(poll, context, { signal });
        }
        if (needsResending(last)) {
          throw new Resend(last.observation.error);
        }
        return last;
      },
      {
        retries: IN_POLL_RETRIES,
        minTimeout: IN_POLL_RETRY_MS,
        factor: 2,
        signal,
        onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
          if (error instanceof Resend && retriesLeft > 0 && !poll.isAbandoned) {
            const delayMs = IN_POLL_RETRY_MS * 2 ** (attemptNumber - 1);
            const calledAtMs = context.nowMs() - last.callMs;
            context.onResend(poll, { error: error.reason, calledAtMs, delayMs });
          }
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
  return look.observation.kind === "transient" && isWorthResending(look.observation);
}

/** Carries the failure through p-retry, which has its own ideas of a `TypeError`. */
class Resend extends Error {
  override readonly name = "Resend";
  readonly reason: Error;

  constructor(reason: Error) {
    super(reason.message);
    this.reason = reason;
  }
}

async function call(
  poll: Poll,
  { source, nowMs, onAnswer }: LookContext,
  ending: Pick<TimedCallOptions, "signal" | "onBegun">,
): Promise<Look> {
  const { taskId, callTimeoutMs } = poll;
  const begunMs = nowMs();
  let observation: Observation;
  try {
    observation = await timedCall((own) => observe(source, taskId, own), {
      ...ending,
      timeoutMs: callTimeoutMs,
      onTimeout: () =>
        new UnreachableError(`describe: no answer about task ${taskId} within ${callTimeoutMs} ms`, {
          taskId,
        }),
    });
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
