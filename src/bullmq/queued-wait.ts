import { SettledPromise } from "../async/settled-promise.ts";
import type { WaitCheckpoint } from "../policy/state/wait-state.ts";
import type { WaitEventRecord } from "../task/event-record.ts";
import type { Outcome } from "../task/outcome.ts";
import type { Task } from "../task/task.ts";
import type { WaitEvents } from "../task/wait-events.ts";
import type { JobFollower } from "./job-follower.ts";

/**
 * A wait whose polls are made by workers: a promise of the completed task with events, an iterator and a
 * checkpoint, as a `TaskWait` is. The iterator gives the task at every poll that showed a change; a slow reader gets
 * the newest and misses the ones between.
 */
export class QueuedWait extends SettledPromise<Task, Outcome, WaitEvents, Task, [], WaitEventRecord> {
  readonly #follower: JobFollower;

  /** @internal Waits are made by `TaskQueue.wait`. */
  constructor(follower: JobFollower) {
    super(follower);
    this.#follower = follower;
  }

  /** The task that is waited for. */
  get taskId(): string {
    return this.#follower.state.taskId;
  }

  /** The task as it was last seen; `undefined` before the first good poll. */
  get latest(): Task | undefined {
    return this.#follower.state.task;
  }

  /** How the wait ends, as a value. It never rejects. */
  get outcome(): Promise<Outcome> {
    return this.#follower.observeOutcome();
  }

  /** All that the wait knows, as plain JSON. */
  checkpoint(): WaitCheckpoint {
    return structuredClone(this.#follower.state);
  }

  /** Ends this wait, and no other, as `aborted`. The job goes on; see `TaskQueue.cancel`. */
  abandon(reason?: unknown): void {
    this.#follower.aborted(
      reason ?? new DOMException(`the wait for task ${this.taskId} was abandoned`, "AbortError"),
    );
  }
}
