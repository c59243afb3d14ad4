import type { Task } from "../task/task.ts";
import type { Run } from "./run.ts";
import type { RunEventName, RunListener, RunOutcome } from "./run-events.ts";
import type { RunCheckpoint } from "./run-state.ts";

/**
 * A run of a task: a promise of the completed task that also has events, an async iterator and a checkpoint, as
 * a `TaskWait` has. It spans the start, the wait, and further attempts.
 *
 * A rejection that nobody awaits is silent if the end was observed in another way ({@link outcome}, the iterator,
 * a listener for `settled` or for the kind it ended with).
 */
export class TaskRun extends Promise<Task> {
  readonly #run: Run;

  /** Promises derived from a run are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** @internal Runs are made by `runTask`. */
  constructor(run: Run) {
    let settle: [resolve: (task: Task) => void, reject: (reason: unknown) => void] | undefined;
    super((resolve, reject) => {
      settle = [resolve, reject];
    });
    this.#run = run;
    const [resolve, reject] = settle as NonNullable<typeof settle>;
    run.core.bind({ promise: this, resolve, reject });
  }

  /** The task of this attempt; `undefined` until it is started. */
  get taskId(): string | undefined {
    return this.#run.checkpoint().taskId;
  }

  /** From 1. */
  get attempt(): number {
    return this.#run.attempt;
  }

  /** This attempt's task as it was last seen; `undefined` before the first good look. */
  get latest(): Task | undefined {
    return this.#run.core.state.task;
  }

  /** How the run ends, as a value. It never rejects. */
  get outcome(): Promise<RunOutcome> {
    return this.#run.core.observeOutcome() as Promise<RunOutcome>;
  }

  /** Calls the listener at every event of this name. */
  on<K extends RunEventName>(event: K, listener: RunListener<K>): this {
    this.#run.core.emitter.on(event as never, listener as never);
    return this;
  }

  /** Calls the listener at the next event of this name. */
  once<K extends RunEventName>(event: K, listener: RunListener<K>): this {
    this.#run.core.emitter.once(event as never, listener as never);
    return this;
  }

  /** Takes a listener away. */
  off<K extends RunEventName>(event: K, listener: RunListener<K>): this {
    this.#run.core.emitter.off(event as never, listener as never);
    return this;
  }

  /**
   * The task at every change of its status or progress, over all attempts. A slow reader gets the newest and
   * misses the ones between. It ends when the run settles, however that is; leaving the loop early does not end
   * the run.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Task> {
    return this.#run.core.read();
  }

  /**
   * All that the run knows, as plain JSON; `resume` goes on from it, in this process or in another. Kept at every
   * `starting`, `started` and `poll`, it lets a run outlive its process without a second start.
   */
  checkpoint(): RunCheckpoint {
    return this.#run.checkpoint();
  }

  /**
   * Ends this run, and no other, as `aborted`. The task goes on: BDRC has no call that cancels one.
   *
   * @param reason - What the promise rejects with; by default an `AbortError` DOMException.
   */
  abandon(reason?: unknown): void {
    this.#run.core.aborted(reason ?? new DOMException("the run was abandoned", "AbortError"));
  }
}
