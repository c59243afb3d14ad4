import { SERVICE_BACKOFF } from "../async/backoff.ts";
import type { MonotonicClock } from "../async/monotonic-clock.ts";
import { RearmableTimer } from "../async/rearmable-timer.ts";
import { retry } from "../async/retry.ts";
import { Settler } from "../async/settler.ts";
import { type Abortable, joinSignal, leaveSignal } from "../async/shared-abort.ts";
import type { TaskWait } from "../engine/wait/task-wait.ts";
import { isStartUnknownError, type TaskFailedError } from "../task/errors.ts";
import { endOf } from "../task/outcome.ts";
import type { Task } from "../task/task.ts";
import {
  endRunRecords,
  passOn,
  type RunEvent,
  type RunEventName,
  type RunEventRecord,
  type RunEvents,
  runEndEvents,
  toRunRecord,
} from "./run-events.ts";
import { BusyAttempt, outcomeOfRefusal, type RunOutcome, timedOutRun } from "./run-outcome.ts";
import { inWallTime, type RunCheckpoint, type RunPlan, withoutSent } from "./run-state.ts";
import { SentMoment } from "./start/send-start.ts";
import { startTask } from "./start/start-task.ts";
import type { StartContext, TaskStart } from "./start/task-start.ts";

/**
 * The inside of a run: starts a task, waits for it, and does so again when it failed because the service was busy.
 * Once it has settled neither start, pause nor wait of it remains.
 */
export class Run extends Settler<Task, RunOutcome, RunEvents, Task, [], RunEventRecord> implements Abortable {
  readonly #plan: RunPlan;
  readonly #clock: MonotonicClock;
  readonly #controller = new AbortController();
  readonly #timer: RearmableTimer;
  #state: RunCheckpoint;
  #latest: Task | undefined;
  #wait: TaskWait | undefined;
  #lastFailure: TaskFailedError | undefined;
  #sent: SentMoment | undefined;

  constructor(plan: RunPlan, clock: MonotonicClock) {
    super();
    this.#plan = plan;
    this.#state = plan.state;
    this.#latest = plan.state.wait?.task;
    this.#clock = clock;
    this.#timer = new RearmableTimer(clock, () => this.#timeOut());
  }

  protected override itemsSoFar(): readonly Task[] {
    return this.#latest === undefined ? [] : [this.#latest];
  }

  protected override recordsSoFar(ended: RunOutcome | undefined): readonly RunEventRecord[] {
    return ended === undefined ? [] : endRunRecords(ended, this.#state, Date.now());
  }

  protected override toRecord<K extends RunEventName>(name: K, payload: RunEvents[K]): RunEventRecord {
    return toRunRecord({ name, payload } as RunEvent<RunEventName>, this.#state, Date.now());
  }

  /** This attempt's task as it was last seen. */
  get latest(): Task | undefined {
    return this.#latest;
  }

  get attempt(): number {
    return this.#state.attempt;
  }

  get taskId(): string | undefined {
    return this.#state.taskId;
  }

  get apiName(): string | undefined {
    return this.#wait?.apiName ?? this.#state.wait?.api?.name;
  }

  checkpoint(): RunCheckpoint {
    const wait = this.#wait?.checkpoint();
    const state = wait === undefined ? this.#state : { ...this.#state, wait };
    return structuredClone(inWallTime(state, this.#clock.wallAheadMs, this.#sent?.atMs));
  }

  hint(): boolean {
    return this.#wait?.hint() ?? false;
  }

  async begin(): Promise<void> {
    const { signal, attempts } = this.#plan;
    if (this.outcome !== undefined || !joinSignal(signal, this)) {
      return;
    }
    try {
      const outcome = await retry(() => this.#attempt(), {
        backoff: SERVICE_BACKOFF,
        retries: Math.max(0, attempts - this.#state.attempt),
        attemptsBefore: this.#state.attempt - 1,
        signal: this.#controller.signal,
        shouldRetry: (error) => error instanceof BusyAttempt,
        onRetry: ({ error, delayMs }) => this.#prepareNext(error, delayMs),
      });
      this.#end(outcome);
    } catch (error) {
      if (!this.#controller.signal.aborted) {
        this.#end(error instanceof BusyAttempt ? error.outcome : outcomeOfRefusal(error));
      }
    }
  }

  async #attempt(): Promise<RunOutcome> {
    this.#timer.set(this.#state.deadlineMs);
    const isNew = this.#state.taskId === undefined && (await this.#start());
    this.#controller.signal.throwIfAborted();
    // From here on the wait keeps the deadline, and polls once more before it.
    this.#timer.set(undefined);
    const outcome = await this.#follow(isNew);
    const hasAnother = this.#state.attempt < this.#plan.attempts;
    if (outcome.kind === "failed" && outcome.error.retryable && hasAnother) {
      throw new BusyAttempt(outcome);
    }
    return outcome;
  }

  /** @returns Whether the task began just now. */
  async #start(): Promise<boolean> {
    const { start, taskType, source, isOurs } = this.#plan;
    const { attempt, earlier, sentAtMs } = this.#state;
    if (sentAtMs !== undefined) {
      this.#emit("starting", { attempt });
    }
    const recorded = (context: StartContext): ReturnType<TaskStart> => {
      // A checkpoint kept at this event finds the start again, whatever becomes of this process.
      this.#sent = new SentMoment();
      this.#state = { ...this.#state, sentAtMs: this.#sent.atMs };
      this.#emit("starting", { attempt });
      context.signal.throwIfAborted();
      return start(context);
    };
    const { taskId, adopted } = await startTask(Object.assign(recorded, { ...start }), {
      signal: this.#controller.signal,
      attempt,
      known: earlier,
      taskType,
      source,
      isOurs,
      sentAtMs,
      onRetry: (error, delayMs) => {
        this.#state = withoutSent(this.#state);
        this.#emit("startRetry", { attempt, error, delayMs });
      },
      onHeld: (error, delayMs) => this.#emit("startRetry", { attempt, error, delayMs }),
    }).catch((error: unknown) => {
      if (!isStartUnknownError(error) && !this.#controller.signal.aborted) {
        // It was refused for certain: a resume with the right key has nothing to search for.
        this.#state = withoutSent(this.#state);
      }
      throw error;
    });
    this.#state = { ...withoutSent(this.#state), taskId };
    this.#latest = undefined;
    this.#emit("started", { attempt, taskId, adopted });
    return !adopted;
  }

  async #follow(isNew: boolean): Promise<RunOutcome> {
    const { waiter, waitOptions, result, taskType } = this.#plan;
    const { taskId = "", attempt, wait: resume, deadlineMs } = this.#state;
    const wait = waiter.wait(taskId, {
      ...waitOptions,
      result,
      timeoutMs: Math.max(0, deadlineMs - this.#clock.nowMs()),
      ...(resume === undefined ? {} : { resume }),
      ...(isNew ? { justStarted: taskType === undefined ? true : { taskType } } : {}),
    });
    this.#wait = wait;
    passOn(wait, attempt, (name, payload, item) => this.#emit(name, payload, item));
    const outcome = await wait.outcome;
    this.#state = { ...this.#state, wait: wait.checkpoint() };
    this.#wait = undefined;
    return outcome;
  }

  #prepareNext(error: unknown, delayMs: number): void {
    if (!(error instanceof BusyAttempt)) {
      return;
    }
    this.#lastFailure = error.outcome.error;
    const { taskId = "", attempt, earlier } = this.#state;
    const { wait: _, taskId: __, ...rest } = this.#state;
    this.#state = { ...rest, attempt: attempt + 1, earlier: [...earlier, taskId] };
    this.#timer.set(this.#state.deadlineMs);
    this.#emit("again", { attempt, taskId, error: error.outcome.error, delayMs });
  }

  #timeOut(): void {
    this.#end(timedOutRun(this.#state, this.#clock.nowMs(), this.#lastFailure));
  }

  aborted(reason: unknown): void {
    this.#end({
      kind: "aborted",
      ...(this.#latest === undefined ? {} : { task: this.#latest }),
      error: reason,
    });
  }

  #end(outcome: RunOutcome): void {
    if (this.outcome !== undefined) {
      return;
    }
    this.#latest = outcome.task ?? this.#latest;
    this.settle(outcome, endOf(outcome), this.hears("settled") || this.hears(outcome.kind));
    this.#release(outcome.kind === "aborted" ? outcome.error : undefined);
    for (const { name, payload } of runEndEvents(outcome)) {
      this.emitEvent(name, payload);
    }
    this.finish(outcome);
  }

  #emit<K extends RunEventName>(name: K, payload: RunEvents[K], item?: Task): void {
    this.#latest = item ?? this.#latest;
    if (item !== undefined && name !== "poll") {
      this.push(item);
    }
    if (this.outcome === undefined) {
      this.emitEvent(name, payload);
    }
  }

  #release(reason: unknown): void {
    leaveSignal(this.#plan.signal, this);
    this.#timer.set(undefined);
    this.#controller.abort(reason);
    if (this.#wait !== undefined) {
      this.#state = { ...this.#state, wait: this.#wait.checkpoint() };
      this.#wait.abandon(reason);
    }
  }
}
