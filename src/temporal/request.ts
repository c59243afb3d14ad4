import type { WaitRequest } from "../durable/wait-request.ts";
import type { Task } from "../task/task.ts";

/** The activities, as a workflow sees them. */
export interface TaskActivities {
  /**
   * Waits in one activity, which holds a slot of its worker all the while. Its heartbeats carry the checkpoint, so
   * that a retry goes on where the last attempt was.
   */
  waitForTask(request: WaitRequest): Promise<Task>;
  /**
   * Polls once. While the task goes on it fails as `TaskPending`, with the delay after which Temporal is to try again:
   * no slot is taken between two polls, and the history does not grow.
   */
  pollTask(request: WaitRequest): Promise<Task>;
}

/** The `type` of the failure with which `pollTask` asks to be called again. */
export const PENDING = "TaskPending";
/** The `type` of the failure for a request that can't be used. */
export const INVALID = "InvalidOption";
