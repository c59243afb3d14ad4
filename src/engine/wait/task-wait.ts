import { SettledPromise } from "../../async/settled-promise.ts";
import type { Settler } from "../../async/settler.ts";
import type { WaitCheckpoint } from "../../policy/state/wait-state.ts";
import type { WaitEventRecord } from "../../task/event-record.ts";
import type { Outcome } from "../../task/outcome.ts";
import type { Task } from "../../task/task.ts";
import type { WaitEventName, WaitEvents } from "../../task/wait-events.ts";
import type { WaitCore } from "./wait-core.ts";

type TypedSettler<T extends Task> = Settler<T, Outcome<T>, WaitEvents<T>, Task, [], WaitEventRecord>;

/** A listener of one wait. What it throws changes nothing. */
export type WaitListener<K extends WaitEventName> = (payload: WaitEvents[K]) => unknown;

/**
 * A wait for one task: a promise of the completed task that also has events, an async iterator and a
 * checkpoint. The iterator gives the task at every change of its status or progress, beginning with how it was last
 * seen; a slow reader gets the newest and misses the ones between.
 *
 * The promise rejects with the outcome's error when the task did not complete, or when that could not be found
 * out. A rejection that nobody awaits is silent if the end was observed in another way ({@link outcome}, the
 * iterator, a listener for `settled` or for the kind it ended with).
 *
 * @example
 * ```ts
 * const wait = waitForTask("t-0000e4w0u1v592zdf6s7");
 * wait.on("progress", ({ task }) => console.error(`${task.percent} %`));
 * const task = await wait;
 * ```
 */
export class TaskWait<T extends Task = Task> extends SettledPromise<
  T,
  Outcome<T>,
  WaitEvents<T>,
  Task,
  [],
  WaitEventRecord
> {
  readonly #core: WaitCore;

  /** @internal Waits are made by `waitForTask` and `TaskWaiter.wait`. */
  constructor(core: WaitCore) {
    // Its outcomes have the tasks that the schema of the wait gives.
    super(core as Settler<Task, Outcome, WaitEvents, Task, [], WaitEventRecord> as TypedSettler<T>);
    this.#core = core;
  }

  /** The task that is waited for. */
  get taskId(): string {
    return this.#core.state.taskId;
  }

  /** @internal The declared API that the task is of. A checkpoint names it too, but is a copy of all the state. */
  get apiName(): string | undefined {
    return this.#core.state.api?.name;
  }

  /** The task as it was last seen; `undefined` before the first successful poll. */
  get latest(): Task | undefined {
    return this.#core.state.task;
  }

  /** How the wait ends, as a value. It never rejects. */
  get outcome(): Promise<Outcome<T>> {
    return this.#core.observeOutcome() as Promise<Outcome<T>>;
  }

  /**
   * All that the wait knows, as plain JSON; `resume` goes on from it, in this process or in another. That of
   * an aborted wait can be resumed; that of a settled one settles the same way again, without a call.
   */
  checkpoint(): WaitCheckpoint {
    return this.#core.checkpoint();
  }

  /**
   * Says that the task may have ended, as an event from elsewhere told: it is polled now, instead of when the next poll
   * would be due. See {@link TaskWaiter.hint}.
   *
   * @returns Whether the wait is still in flight; `false` means that nothing was done.
   */
  hint(): boolean {
    return this.#core.hint();
  }

  /**
   * Ends this wait, and no other, as `aborted`. The task goes on: BDRC has no call that cancels one.
   *
   * @param reason - What the promise rejects with; by default an `AbortError` DOMException.
   */
  abandon(reason?: unknown): void {
    this.#core.aborted(
      reason ?? new DOMException(`the wait for task ${this.taskId} was abandoned`, "AbortError"),
    );
  }
}
