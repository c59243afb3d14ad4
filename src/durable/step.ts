import { beginWait, resumeWait } from "../policy/decide/begin-wait.ts";
import { decide, decideTimeout } from "../policy/decide/decide.ts";
import type { Decision } from "../policy/state/decision.ts";
import type { JustStarted, ResolvedWaitOptions, WaitOptions } from "../policy/state/wait-options.ts";
import type { WaitCheckpoint, WaitState } from "../policy/state/wait-state.ts";
import { clockOffsetMsOf, type TaskSource } from "../task/source.ts";
import { isTooLate, pollLimitMs, pollWithin, type TimedPoll } from "./poll-within.ts";

/** The options of a wait that can go from one process to another: plain JSON. */
export type PortableWaitOptions = Omit<WaitOptions, "signal" | "resume" | "justStarted"> & {
  readonly justStarted?: boolean | JustStarted | undefined;
  /** Goes on with an earlier wait on the same task. */
  readonly resume?: WaitCheckpoint | undefined;
};

/** The state that a wait begins with. */
export function beginPortable(
  taskId: string,
  { resume, justStarted }: Pick<PortableWaitOptions, "resume" | "justStarted">,
  options: ResolvedWaitOptions,
  nowMs: number,
): WaitState {
  return resume === undefined
    ? beginWait(taskId, { nowMs, options, justStarted })
    : resumeWait(taskId, { checkpoint: resume, nowMs, options });
}

/** What follows from a poll. */
export function decidePoll(
  source: TaskSource,
  state: WaitState,
  options: ResolvedWaitOptions,
  { observation, callMs }: TimedPoll,
): Decision {
  const clockOffsetMs = clockOffsetMsOf(source);
  return decide(state, observation, {
    nowMs: Date.now(),
    random: Math.random,
    options,
    callMs,
    ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
  });
}

/** One poll and what follows from it; a state that has ended is not polled any more. It never rejects. */
export async function step(
  source: TaskSource,
  state: WaitState,
  options: ResolvedWaitOptions,
  signal?: AbortSignal,
): Promise<Decision> {
  const nowMs = Date.now();
  if (state.ended !== undefined || isTooLate(state, nowMs)) {
    return decideTimeout(state, nowMs);
  }
  const poll = await pollWithin(source, state.taskId, pollLimitMs(state, options, nowMs), signal);
  return decidePoll(source, state, options, poll);
}
