import { SafeEmitter } from "../async/safe-emitter.ts";
import { startTimer } from "../async/timer.ts";
import { decideTimeout } from "../policy/decide/decide.ts";
import { settleAborted } from "../policy/decide/settle.ts";
import type { WaitCheckpoint, WaitState } from "../policy/state/wait-state.ts";
import { OUTCOME_KINDS, type Outcome } from "../task/outcome.ts";
import type { Task } from "../task/task.ts";
import type { WaitEventArgs, WaitEventName, WaitEvents } from "../task/wait-events.ts";
import { jobIdOf, type TaskJobProgress } from "./job.ts";
import type { JobHub, JobObserver } from "./job-hub.ts";
import { failedJob, payloadOf, type QueuedWaitContext } from "./queued-job.ts";

// Events may be missed while a connection is down.
const CHECK_EVERY_MS = 3000;
const ENDS: ReadonlySet<string> = new Set([...OUTCOME_KINDS, "settled"]);

/**
 * A wait whose looking is done by workers: a promise of the completed task with events, an iterator and a
 * checkpoint, as a `TaskWait` is.
 */
export class QueuedWait extends Promise<Task> {
  readonly #context: QueuedWaitContext;
  readonly #hub: JobHub;
  readonly #emitter = new SafeEmitter<WaitEventArgs>();
  readonly #outcome: Promise<Outcome>;
  readonly #jobId: string;
  readonly #stopDeadline: (() => void) | undefined;
  readonly #check: ReturnType<typeof setInterval>;
  #settleWith: (outcome: Outcome) => void = () => {};
  #wake: (() => void)[] = [];
  #state: WaitState;
  #isObserved = false;
  #isSettled = false;

  /** Promises derived from a wait are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** @internal Waits are made by `TaskQueue.wait`. */
  constructor(hub: JobHub, context: QueuedWaitContext) {
    let settle: [resolve: (task: Task) => void, reject: (reason: unknown) => void] | undefined;
    super((resolve, reject) => {
      settle = [resolve, reject];
    });
    const [resolve, reject] = settle as NonNullable<typeof settle>;
    const { state, signal } = context;
    this.#context = context;
    this.#hub = hub;
    this.#state = state;
    this.#jobId = jobIdOf(state.taskId);
    this.#outcome = new Promise((done) => {
      this.#settleWith = (outcome) => {
        if (outcome.kind === "complete") {
          resolve(outcome.task);
        } else {
          reject(outcome.error);
        }
        done(outcome);
      };
    });
    // A wait of no time at all has its one look, for which there is the outage budget of the job.
    if (state.deadlineMs > state.startedAtMs) {
      this.#stopDeadline = startTimer(Math.max(0, state.deadlineMs - Date.now()), () =>
        this.#settle(decideTimeout(this.#state, Date.now())),
      );
    }
    this.#check = setInterval(() => void this.#pollJob(), CHECK_EVERY_MS);
    hub.join(this.#jobId, this.#observer);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    queueMicrotask(() => void this.#begin());
  }

  /** The task that is waited for. */
  get taskId(): string {
    return this.#state.taskId;
  }

  /** The task as it was last seen; `undefined` before the first good look. */
  get latest(): Task | undefined {
    return this.#state.task;
  }

  /** How the wait ends, as a value. It never rejects. */
  get outcome(): Promise<Outcome> {
    this.#observe();
    return this.#outcome;
  }

  /** Calls the listener at every event of this name. */
  on<K extends WaitEventName>(event: K, listener: (payload: WaitEvents[K]) => unknown): this {
    if (ENDS.has(event)) {
      this.#observe();
    }
    this.#emitter.on(event, listener);
    return this;
  }

  /** Takes a listener away. */
  off<K extends WaitEventName>(event: K, listener: (payload: WaitEvents[K]) => unknown): this {
    this.#emitter.off(event, listener);
    return this;
  }

  /** The task at every look that showed a change; the newest when the reader is slow. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Task, undefined> {
    this.#observe();
    let seen: Task | undefined;
    for (;;) {
      const { latest } = this;
      if (latest !== undefined && JSON.stringify(latest) !== JSON.stringify(seen)) {
        seen = latest;
        yield latest;
      } else if (this.#isSettled) {
        return undefined;
      } else {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
    }
  }

  /** All that the wait knows, as plain JSON. */
  checkpoint(): WaitCheckpoint {
    return structuredClone(this.#state);
  }

  /** Ends this wait, and no other, as `aborted`. The job goes on; see `TaskQueue.cancel`. */
  abandon(reason?: unknown): void {
    const error = reason ?? new DOMException(`the wait for task ${this.taskId} was abandoned`, "AbortError");
    this.#settle(settleAborted(this.#state, error));
  }

  readonly #onAbort = (): void => this.abandon(this.#context.signal?.reason);

  readonly #observer: JobObserver = {
    onProgress: (data) => {
      const { state, events } = (data ?? {}) as Partial<TaskJobProgress>;
      if (state === undefined || this.#isSettled) {
        return;
      }
      this.#follow(state);
      for (const record of events ?? []) {
        if (!ENDS.has(record.event)) {
          this.#emitter.emit(record.event as WaitEventName, payloadOf(record) as never);
        }
      }
    },
    onEnd: () => void this.#pollJob(),
    onRemoved: (wasOver) => {
      if (!wasOver) {
        this.abandon(new DOMException(`the wait for task ${this.taskId} was cancelled`, "AbortError"));
      }
    },
  };

  async #begin(): Promise<void> {
    const { signal, add } = this.#context;
    if (signal?.aborted) {
      this.#onAbort();
    } else if (this.#state.ended !== undefined) {
      this.#settle(decideTimeout(this.#state, Date.now()));
    }
    if (this.#isSettled) {
      return;
    }
    try {
      await this.#hub.untilReady();
      await add(this.#state);
    } catch {
      // Tried again at the next check.
    }
    await this.#pollJob();
  }

  async #pollJob(): Promise<void> {
    try {
      const job = await this.#context.find();
      if (this.#isSettled) {
        return;
      }
      if (job === undefined) {
        await this.#context.add(this.#state);
        return;
      }
      const phase = await job.getState();
      if (phase !== "completed" && phase !== "failed") {
        return;
      }
      // Read again: what was read first may be from before the end.
      const over = (await this.#context.find()) ?? job;
      const { state } = over.data;
      if (state.ended?.kind === "timedOut" && Date.now() < this.#state.deadlineMs) {
        // Somebody else's deadline, not ours.
        const { ended: _, ...open } = state;
        await this.#context.add({ ...open, deadlineMs: this.#state.deadlineMs, nextPollAtMs: Date.now() });
        return;
      }
      this.#follow(state);
      this.#settle(
        state.ended === undefined ? failedJob(state, over.failedReason) : decideTimeout(state, Date.now()),
      );
    } catch {
      // The connection is down; there will be another check.
    }
  }

  #follow(state: WaitState): void {
    this.#state = { ...state, deadlineMs: this.#state.deadlineMs, startedAtMs: this.#state.startedAtMs };
    this.#wakeReaders();
  }

  #settle(decision: { readonly kind: string; readonly state: WaitState; readonly outcome?: Outcome }): void {
    const { outcome } = decision;
    if (this.#isSettled || outcome === undefined) {
      return;
    }
    this.#isSettled = true;
    this.#state = decision.state;
    this.#stopDeadline?.();
    clearInterval(this.#check);
    this.#hub.leave(this.#jobId, this.#observer);
    this.#context.signal?.removeEventListener("abort", this.#onAbort);
    this.#settleWith(outcome);
    const payload = outcome.kind === "complete" ? outcome.task : outcome.error;
    this.#emitter.emit(outcome.kind, payload as never);
    this.#emitter.emit("settled", outcome);
    this.#wakeReaders();
  }

  #wakeReaders(): void {
    for (const wake of this.#wake.splice(0)) {
      wake();
    }
  }

  /** Somebody learns of the end in another way, so a rejection that nobody awaits is no mistake. */
  #observe(): void {
    if (!this.#isObserved) {
      this.#isObserved = true;
      this.catch(() => {});
    }
  }
}
