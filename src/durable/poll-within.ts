import { timedCall } from "../async/timed-call.ts";
import { callError, type Observation, observeCall } from "../policy/observe/observe.ts";
import type { ResolvedWaitOptions } from "../policy/state/wait-options.ts";
import type { WaitState } from "../policy/state/wait-state.ts";
import { UnreachableError } from "../task/errors.ts";
import type { TaskSource } from "../task/source.ts";

/** What a poll gave, and how long it took. */
export interface TimedPoll {
  readonly observation: Observation;
  readonly callMs: number;
}

/** How long a poll may take, in milliseconds: as long as one call may, and not beyond the deadline. */
export function pollLimitMs(state: WaitState, options: ResolvedWaitOptions, nowMs: number): number {
  const leftMs = state.deadlineMs - nowMs;
  // A deadline that is past means "poll once"; that poll has its time.
  return leftMs <= 0 ? options.pollTimeoutMs : Math.min(options.pollTimeoutMs, Math.max(1, leftMs));
}

/** Whether the wait's time is up. A wait of no time at all has its one poll, whenever its turn comes. */
export function isTooLate({ startedAtMs, deadlineMs }: WaitState, nowMs: number): boolean {
  return nowMs > deadlineMs && deadlineMs > startedAtMs;
}

/** One call that ends in time, also when the source is deaf to its signal. It never rejects. */
export async function pollWithin(
  source: TaskSource,
  taskId: string,
  limitMs: number,
  signal?: AbortSignal,
): Promise<TimedPoll> {
  const begunMs = performance.now();
  const onTimeout = (): Error =>
    new UnreachableError(`describe: no answer about task ${taskId} within ${Math.round(limitMs)} ms`, {
      taskId,
    });
  const bounds = { timeoutMs: limitMs, signal, onTimeout };
  const { promise } = timedCall((own) => observeCall(source, taskId, own), bounds);
  const observation = await promise.catch(
    (reason: unknown): Observation => ({ kind: "transient", error: callError(reason) }),
  );
  return { observation, callMs: performance.now() - begunMs };
}
