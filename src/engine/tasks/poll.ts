import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { retry } from "../../async/retry.ts";
import { timedCall } from "../../async/timed-call.ts";
import {
  canRetryAtOnce,
  type ImmediateRetry,
  IN_POLL_BACKOFF,
  IN_POLL_RETRIES,
} from "../../policy/decide/immediate-retry.ts";
import { callError, type Observation, observe } from "../../policy/observe/observe.ts";
import { UnreachableError } from "../../task/errors.ts";
import type { TaskSource } from "../../task/source.ts";
import type { ApiRateLimit } from "../rate/rate-limits.ts";

/** What a poll gave, and how long its last call took. */
export interface PollResult {
  readonly observation: Observation;
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

/** One poll of a task: one call, or a few where retrying at once makes sense. */
export class Poll {
  readonly #taskId: string;
  readonly #context: PollContext;
  #cancelled: { readonly reason: unknown } | undefined;
  #cancelCurrent: ((reason: unknown) => void) | undefined;

  constructor(taskId: string, context: PollContext) {
    this.#taskId = taskId;
    this.#context = context;
  }

  /** Polls, once. It never rejects. */
  async run(): Promise<PollResult> {
    const first = await this.#call();
    return needsRetry(first) && this.#cancelled === undefined ? await this.#retry(first) : first;
  }

  /** W2: the answer is no longer needed. */
  cancel(reason: unknown): void {
    this.#cancelled = { reason };
    this.#cancelCurrent?.(reason);
  }

  async #retry(first: FailedPoll): Promise<PollResult> {
    const { limit, clock, callTimeoutMs, onRetry } = this.#context;
    const abort = new AbortController();
    const { signal } = abort;
    this.#cancelCurrent = (reason) => abort.abort(reason);
    let last: PollResult = first;
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

  async #call(signal?: AbortSignal): Promise<PollResult> {
    const { source, clock, limit, callTimeoutMs } = this.#context;
    const taskId = this.#taskId;
    const sentMs = clock.nowMs();
    const { promise, cancel } = timedCall((own) => observe(source, taskId, own), {
      signal,
      timeoutMs: callTimeoutMs,
      onTimeout: () =>
        new UnreachableError(`describe: no answer about task ${taskId} within ${callTimeoutMs} ms`, {
          taskId,
        }),
    });
    if (signal === undefined) {
      this.#cancelCurrent = cancel;
    }
    if (this.#cancelled !== undefined) {
      // From within the source's own call.
      cancel(this.#cancelled.reason);
    }
    let observation: Observation;
    try {
      observation = await promise;
    } catch (error) {
      observation = { kind: "transient", error: callError(error) };
    }
    limit.observed(observation, this.#cancelled !== undefined);
    return { observation, callMs: clock.nowMs() - sentMs };
  }
}

interface FailedPoll extends PollResult {
  readonly observation: Extract<Observation, { kind: "transient" }>;
}

function needsRetry(result: PollResult): result is FailedPoll {
  return result.observation.kind === "transient" && canRetryAtOnce(result.observation);
}
