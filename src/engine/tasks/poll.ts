import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { retry } from "../../async/retry.ts";
import { type CallContext, timedCall } from "../../async/timed-call.ts";
import {
  canRetryAtOnce,
  type ImmediateRetry,
  IN_POLL_BACKOFF,
  IN_POLL_RETRIES,
} from "../../policy/decide/immediate-retry.ts";
import { callError, type Observation, observeCall } from "../../policy/observe/observe.ts";
import { type ManyObservation, observeMany } from "../../policy/observe/observe-many.ts";
import { UnreachableError } from "../../task/errors.ts";
import type { TaskSource } from "../../task/source.ts";
import type { ApiRateLimit } from "../rate/rate-limits.ts";

/** What a poll gave of one task, and how long its last call took. */
export interface PollResult {
  readonly observation: Observation;
  readonly callMs: number;
}

/** What a poll gave of all its tasks. */
export interface PollAnswer {
  readonly observation: Observation | ManyObservation;
  readonly callMs: number;
}

/** What a poll needs. */
export interface PollContext {
  readonly source: TaskSource;
  readonly clock: MonotonicClock;
  /** Hears of every call; each after the first takes a permit of its own there. */
  readonly limit: Pick<ApiRateLimit<unknown>, "acquire" | "observed">;
  /** The longest that one call may take, in milliseconds. */
  readonly callTimeoutMs: number;
  /** Is told that a call failed and is made again at once. */
  readonly onRetry: (retried: ImmediateRetry) => void;
}

/** One poll of a task, or of several at once: one call, or a few where retrying at once makes sense. */
export class Poll {
  readonly #taskIds: readonly string[];
  readonly #context: PollContext;
  #wanted: number;
  #cancelled: { readonly reason: unknown } | undefined;
  #cancelCurrent: ((reason: unknown) => void) | undefined;

  /** @param taskIds - Each once; several only for a source that takes so many in one call. */
  constructor(taskIds: readonly string[], context: PollContext) {
    this.#taskIds = taskIds;
    this.#wanted = taskIds.length;
    this.#context = context;
  }

  /** Polls, once. It never rejects. */
  async run(): Promise<PollAnswer> {
    const first = await this.#call();
    return needsRetry(first) && this.#cancelled === undefined ? await this.#retry(first) : first;
  }

  /** W2: one of the tasks is no longer wanted. The call goes on for the others. */
  leave(reason: unknown): void {
    this.#wanted--;
    if (this.#wanted <= 0) {
      this.#cancelled = { reason };
      this.#cancelCurrent?.(reason);
    }
  }

  async #retry(first: FailedPoll): Promise<PollAnswer> {
    const { limit, clock, callTimeoutMs, onRetry } = this.#context;
    const abort = new AbortController();
    const { signal } = abort;
    this.#cancelCurrent = (reason) => abort.abort(reason);
    let last: PollAnswer = first;
    try {
      return await retry(
        async (attempt) => {
          // The first attempt has been made: nearly every poll needs no second, and is spared the machinery.
          if (attempt > 1) {
            await limit.acquire(signal);
            last = await this.#call(signal);
          }
          if (needsRetry(last)) {
            throw last.observation.error;
          }
          return last;
        },
        {
          retries: IN_POLL_RETRIES,
          backoff: IN_POLL_BACKOFF,
          signal,
          onRetry: ({ error, delayMs }) =>
            // A call takes longer than its limit only in a process that was suspended, which is no outage.
            onRetry({
              error: callError(error),
              calledAtMs: clock.nowMs() - Math.min(last.callMs, callTimeoutMs),
              delayMs,
            }),
        },
      );
    } catch {
      return last;
    }
  }

  async #call(signal?: AbortSignal): Promise<PollAnswer> {
    const { source, clock, limit, callTimeoutMs } = this.#context;
    const taskIds = this.#taskIds;
    const [taskId = "", another] = taskIds;
    const sentMs = clock.nowMs();
    const ask = (own: CallContext): Promise<Observation | ManyObservation> =>
      another === undefined ? observeCall(source, taskId, own) : observeMany(source, taskIds, own);
    const { promise, cancel } = timedCall(ask, {
      signal,
      timeoutMs: callTimeoutMs,
      onTimeout: () => noAnswer(taskIds, callTimeoutMs),
    });
    if (signal === undefined) {
      this.#cancelCurrent = cancel;
    }
    if (this.#cancelled !== undefined) {
      // From within the source's own call.
      cancel(this.#cancelled.reason);
    }
    let observation: Observation | ManyObservation;
    try {
      observation = await promise;
    } catch (error) {
      observation = { kind: "transient", error: callError(error) };
    }
    limit.observed(observation, this.#cancelled !== undefined, taskIds.length);
    return { observation, callMs: clock.nowMs() - sentMs };
  }
}

function noAnswer(taskIds: readonly string[], withinMs: number): Error {
  const [taskId = ""] = taskIds;
  return taskIds.length === 1
    ? new UnreachableError(`describe: no answer about task ${taskId} within ${withinMs} ms`, { taskId })
    : new UnreachableError(`describeMany: no answer about ${taskIds.length} tasks within ${withinMs} ms`);
}

interface FailedPoll extends PollAnswer {
  readonly observation: Extract<Observation, { kind: "transient" }>;
}

function needsRetry(answer: PollAnswer): answer is FailedPoll {
  const { observation } = answer;
  return observation.kind === "transient" && canRetryAtOnce(observation);
}
