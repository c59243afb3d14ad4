import pRetry from "p-retry";
import { boundedCall } from "../bounded-call.ts";
import {
  IN_POLL_RETRIES,
  IN_POLL_RETRY_MS,
  isWorthResending,
  type Resending,
} from "../policy/in-poll-retry.ts";
import { type Observation, observe } from "../policy/observe.ts";
import type { TaskSource } from "../source.ts";
import { UnreachableError } from "../task/errors.ts";

/** What a poll gave, and how long its last call took. */
export interface Look {
  readonly observation: Observation;
  readonly callMs: number;
}

/** What a poll needs from who makes it. */
export interface LookContext {
  readonly source: TaskSource;
  readonly taskId: string;
  /** One call, in milliseconds. */
  readonly callTimeoutMs: number;
  /** Ends the poll: nobody wants its answer any more. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Every call after the first asks for a permit of its own. */
  readonly acquirePermit: () => Promise<void>;
  /** Hears of every call's answer. */
  readonly onAnswer: (observation: Observation) => void;
  /** Hears that a call failed and will be sent again. */
  readonly onResend: (resending: Resending) => void;
}

/** One poll: one call, or a few when resending at once makes sense. It never rejects. */
export async function look(context: LookContext): Promise<Look> {
  const { signal } = context;
  let last = await call(context);
  context.onAnswer(last.observation);
  if (last.observation.kind !== "transient" || !isWorthResending(last.observation)) {
    return signal.aborted ? aborted(signal.reason) : last;
  }
  try {
    return await pRetry(
      async (attempt) => {
        // The first attempt has been made: nearly every poll needs no second, and is spared the machinery.
        if (attempt > 1) {
          await context.acquirePermit();
          last = await call(context);
          context.onAnswer(last.observation);
        }
        if (last.observation.kind === "transient" && isWorthResending(last.observation)) {
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
          if (error instanceof Resend && retriesLeft > 0 && !signal.aborted) {
            const delayMs = IN_POLL_RETRY_MS * 2 ** (attemptNumber - 1);
            const calledAtMs = context.nowMs() - last.callMs;
            context.onResend({ error: error.reason, calledAtMs, delayMs });
          }
        },
      },
    );
  } catch {
    return signal.aborted ? aborted(signal.reason) : last;
  }
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

async function call({ source, taskId, callTimeoutMs, signal, nowMs }: LookContext): Promise<Look> {
  const begunMs = nowMs();
  const onTimeout = (): Error =>
    new UnreachableError(`describe: no answer about task ${taskId} within ${callTimeoutMs} ms`, { taskId });
  try {
    const observation = await boundedCall((own) => observe(source, taskId, own), {
      timeoutMs: callTimeoutMs,
      signal,
      onTimeout,
    });
    return { observation, callMs: nowMs() - begunMs };
  } catch (error) {
    return { observation: { kind: "transient", error: toError(error) }, callMs: nowMs() - begunMs };
  }
}

function aborted(reason: unknown): Look {
  return { observation: { kind: "transient", error: toError(reason) }, callMs: 0 };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new UnreachableError("the call was aborted", { cause: reason });
}
