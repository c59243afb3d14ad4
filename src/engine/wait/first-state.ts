import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { type BeginWaitContext, beginWait, movedBack, resumeWait } from "../../policy/decide/begin-wait.ts";
import type { WaitOptions } from "../../policy/state/wait-options.ts";
import type { WaitState } from "../../policy/state/wait-state.ts";

/** The state of a wait that begins now, or goes on from a checkpoint, in time of this waiter's clock. */
export function firstState(
  taskId: string,
  { resume, justStarted }: Pick<WaitOptions, "resume" | "justStarted">,
  { wallAheadMs, ...context }: Omit<BeginWaitContext, "justStarted"> & Pick<MonotonicClock, "wallAheadMs">,
): WaitState {
  if (resume === undefined) {
    return beginWait(taskId, { ...context, justStarted });
  }
  const nowMs = context.nowMs + wallAheadMs;
  return movedBack(resumeWait(taskId, { ...context, checkpoint: resume, nowMs }), wallAheadMs);
}
