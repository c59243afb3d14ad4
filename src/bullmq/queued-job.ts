import type { WaitState } from "../policy/state/wait-state.ts";
import { UnreachableError } from "../task/errors.ts";
import type { WaitEventRecord } from "../task/event-record.ts";
import type { Outcome } from "../task/outcome.ts";
import type { TaskJob } from "./job.ts";

/** What a wait needs of its queue. */
export interface QueuedWaitContext {
  readonly state: WaitState;
  readonly signal: AbortSignal | undefined;
  /** Puts the task into the queue, unless it is there. */
  add(state: WaitState): Promise<void>;
  find(): Promise<TaskJob | undefined>;
}

/** What a record of an event tells, as the payload of the event. */
export function payloadOf({ timeMs: _, event: __, ...payload }: WaitEventRecord): object {
  return "error" in payload && payload.error !== undefined
    ? { ...payload, error: Object.assign(new Error(payload.error.message), { name: payload.error.name }) }
    : payload;
}

/** How a wait ends whose job failed for a reason of its own. */
export function failedJob(
  state: WaitState,
  reason: string | undefined,
): { kind: "settle"; state: WaitState; outcome: Outcome } {
  const error = new UnreachableError(
    `the job of task ${state.taskId} failed: ${reason ?? "no reason told"}`,
    {
      taskId: state.taskId,
    },
  );
  return { kind: "settle", state, outcome: { kind: "unreachable", error } };
}
