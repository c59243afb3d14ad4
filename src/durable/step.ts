import { beginWait, resumeWait } from "../policy/begin-wait.ts";
import { decide, decideTimeout } from "../policy/decide.ts";
import type { Decision } from "../policy/decision.ts";
import type { JustStarted, ResolvedWaitOptions, WaitOptions } from "../policy/wait-options.ts";
import type { WaitCheckpoint, WaitState } from "../policy/wait-state.ts";
import type { TaskSource } from "../source.ts";
import { isTooLate, lookLimitMs, lookWithin } from "./look-within.ts";

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
    : resumeWait(taskId, { checkpoint: resume, nowMs });
}

/** One look and what follows from it; a state that has ended is not looked at any more. It never rejects. */
export async function step(
  source: TaskSource,
  state: WaitState,
  options: ResolvedWaitOptions,
  signal?: AbortSignal,
): Promise<Decision> {
  if (state.ended !== undefined || isTooLate(state, Date.now())) {
    return decideTimeout(state, Date.now());
  }
  const limitMs = lookLimitMs(state, options, Date.now());
  const { observation, callMs } = await lookWithin(source, state.taskId, limitMs, signal);
  const clockOffsetMs = source.clockOffsetMs?.();
  return decide(state, observation, {
    nowMs: Date.now(),
    random: Math.random,
    options,
    callMs,
    ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
  });
}
