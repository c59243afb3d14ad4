import { SettledPromise } from "../async/settled-promise.ts";
import type { Settler } from "../async/settler.ts";
import type { Task } from "../task/task.ts";
import type { Run } from "./run.ts";
import type { RunEventRecord, RunEvents } from "./run-events.ts";
import type { RunOutcome } from "./run-outcome.ts";
import type { RunCheckpoint } from "./run-state.ts";

type TypedSettler<T extends Task> = Settler<T, RunOutcome<T>, RunEvents<T>, Task, [], RunEventRecord>;

/**
 * A run of a task: a promise of the completed task that also has events, an async iterator and a checkpoint, as
 * a `TaskWait` has. It spans the start, the wait, and further attempts. The iterator gives the task at every change of
 * its status or progress, over all attempts; a slow reader gets the newest and misses the ones between.
 *
 * A rejection that nobody awaits is silent if the end was observed in another way ({@link outcome}, the iterator,
 * a listener for `settled` or for the kind it ended with).
 */
export class TaskRun<T extends Task = Task> extends SettledPromise<
  T,
  RunOutcome<T>,
  RunEvents<T>,
  Task,
  [],
  RunEventRecord
> {
  readonly #run: Run;

  /** @internal Runs are made by `runTask`. */
  constructor(run: Run) {
    // Its outcomes have the tasks that the schema of the run gives.
    super(run as Settler<Task, RunOutcome, RunEvents, Task, [], RunEventRecord> as TypedSettler<T>);
    this.#run = run;
  }

  /** The task of this attempt; `undefined` until it is started. */
  get taskId(): string | undefined {
    return this.#run.taskId;
  }

  /** @internal The declared API that this attempt's task is of; `undefined` until it is waited for. */
  get apiName(): string | undefined {
    return this.#run.apiName;
  }

  /** From 1. */
  get attempt(): number {
    return this.#run.attempt;
  }

  /** This attempt's task as it was last seen; `undefined` before the first good poll. */
  get latest(): Task | undefined {
    return this.#run.latest;
  }

  /** How the run ends, as a value. It never rejects. */
  get outcome(): Promise<RunOutcome<T>> {
    return this.#run.observeOutcome() as Promise<RunOutcome<T>>;
  }

  /**
   * All that the run knows, as plain JSON; `resume` goes on from it, in this process or in another. Kept at every
   * `starting`, `started` and `poll`, it lets a run outlive its process without a second start.
   */
  checkpoint(): RunCheckpoint {
    return this.#run.checkpoint();
  }

  /**
   * Says that this attempt's task may have ended; see {@link TaskWaiter.hint}.
   *
   * @returns Whether a wait for it is in flight; `false` means that nothing was done.
   */
  hint(): boolean {
    return this.#run.hint();
  }

  /**
   * Ends this run, and no other, as `aborted`. The task goes on: BDRC has no call that cancels one.
   *
   * @param reason - What the promise rejects with; by default an `AbortError` DOMException.
   */
  abandon(reason?: unknown): void {
    this.#run.aborted(reason ?? new DOMException("the run was abandoned", "AbortError"));
  }
}
