import { SERVICE_BACKOFF } from "../async/backoff.ts";
import type { MonotonicClock } from "../async/monotonic-clock.ts";
import { RearmableTimer } from "../async/rearmable-timer.ts";
import { retry } from "../async/retry.ts";
import { joinSignal, leaveSignal } from "../async/shared-abort.ts";
import type { TaskWait } from "../engine/wait/task-wait.ts";
import { WaitCore } from "../engine/wait/wait-core.ts";
import { WAIT_STATE_VERSION, type WaitCheckpoint } from "../policy/state/wait-state.ts";
import { isStartUnknownError, type TaskFailedError } from "../task/errors.ts";
import type { OutcomeOf } from "../task/outcome.ts";
import type { WaitEventName } from "../task/wait-events.ts";
import { outcomeOfRefusal, timedOutRun } from "./run-ends.ts";
import type { RunEventName, RunEvents, RunOutcome } from "./run-events.ts";
import type { RunPlan } from "./run-plan.ts";
import type { RunCheckpoint } from "./run-state.ts";
import { startTask } from "./start-task.ts";
import type { TaskStart } from "./task-start.ts";

const FORWARDED: readonly WaitEventName[] = ["poll", "status", "progress", "retry", "throttled", "warning"];
// What the core of a run shows while there is no task.
const NOT_STARTED: WaitCheckpoint = {
  version: WAIT_STATE_VERSION,
  taskId: "",
  startedAtMs: 0,
  deadlineMs: 0,
  nextPollAtMs: 0,
  polls: 0,
  failures: 0,
  failuresInARow: 0,
  throttledInARow: 0,
  contactAtMs: 0,
};

/**
 * The inside of a run: starts a task, waits for it, and does so again when it failed because the service was busy.
 *
 * Its `core` is what its caller observes: that of a wait which is not driven by polls but by the waits of the
 * attempts. It settles once, and after that neither start, pause nor wait of the run remains.
 */
export class Run {
  readonly core: WaitCore;
  readonly #plan: RunPlan;
  readonly #clock: MonotonicClock;
  readonly #controller = new AbortController();
  readonly #alarm: RearmableTimer;
  #state: RunCheckpoint;
  #wait: TaskWait | undefined;
  #lastFailure: TaskFailedError | undefined;

  constructor(plan: RunPlan, clock: MonotonicClock) {
    this.#plan = plan;
    this.#state = plan.state;
    this.#clock = clock;
    this.#alarm = new RearmableTimer(clock, () => this.#timeOut());
    const shown: WaitCheckpoint = {
      ...NOT_STARTED,
      taskId: plan.state.taskId ?? "",
      ...lastSeen(plan.state),
    };
    this.core = new WaitCore(shown, plan.waitOptions, plan.signal, {
      release: () => this.#release(),
      forward: () => {},
      hears: () => false,
    });
  }

  get attempt(): number {
    return this.#state.attempt;
  }

  checkpoint(): RunCheckpoint {
    const wait = this.#wait?.checkpoint();
    return structuredClone(wait === undefined ? this.#state : { ...this.#state, wait });
  }

  async begin(): Promise<void> {
    const { signal, attempts } = this.#plan;
    if (this.core.outcome !== undefined) {
      return;
    }
    if (signal?.aborted) {
      this.core.aborted(signal.reason);
      return;
    }
    if (signal !== undefined) {
      joinSignal(signal, this.core);
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
      this.#settle(outcome);
    } catch (error) {
      if (!this.#controller.signal.aborted) {
        this.#settle(error instanceof BusyAttempt ? error.outcome : outcomeOfRefusal(error));
      }
    }
  }

  async #attempt(): Promise<RunOutcome> {
    this.#alarm.set(this.#state.deadlineMs);
    const isNew = this.#state.taskId === undefined && (await this.#start());
    this.#controller.signal.throwIfAborted();
    // From here on the wait keeps the deadline, and looks once more before it.
    this.#alarm.set(undefined);
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
    const recorded: TaskStart = (context) => {
      // Whoever keeps the checkpoint at this event finds the start again, whatever becomes of this process.
      this.#state = { ...this.#state, sentAtMs: Date.now() };
      this.#emit("starting", { attempt });
      return start(context);
    };
    const { taskId, adopted } = await startTask(recorded, {
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
    }).catch((error: unknown) => {
      if (!isStartUnknownError(error) && !this.#controller.signal.aborted) {
        // It was refused for certain: whoever resumes with the right key has nothing to look for.
        this.#state = withoutSent(this.#state);
      }
      throw error;
    });
    this.#state = { ...withoutSent(this.#state), taskId };
    this.core.state = { ...NOT_STARTED, taskId };
    this.#emit("started", { attempt, taskId, adopted });
    return !adopted;
  }

  async #follow(isNew: boolean): Promise<RunOutcome> {
    const { waiter, waitOptions, taskType } = this.#plan;
    const { taskId = "", attempt, wait: resume, deadlineMs } = this.#state;
    const wait = waiter.wait(taskId, {
      ...waitOptions,
      timeoutMs: Math.max(0, deadlineMs - this.#clock.nowMs()),
      ...(resume === undefined ? {} : { resume }),
      ...(isNew ? { justStarted: taskType === undefined ? true : { taskType } } : {}),
    });
    this.#wait = wait;
    for (const name of FORWARDED) {
      wait.on(name, (payload) => {
        const { latest } = wait;
        this.core.state = latest === undefined ? this.core.state : { ...this.core.state, task: latest };
        this.#emit(name as "poll", { ...(payload as object), attempt } as never);
      });
    }
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
    this.#alarm.set(this.#state.deadlineMs);
    this.#emit("again", { attempt, taskId, error: error.outcome.error, delayMs });
  }

  #timeOut(): void {
    this.#settle(timedOutRun(this.#state, this.#clock.nowMs(), this.#lastFailure));
  }

  #settle(outcome: RunOutcome): void {
    const payload = outcome.kind === "complete" ? outcome.task : outcome.error;
    this.core.apply({
      kind: "settle",
      state: outcome.task === undefined ? this.core.state : { ...this.core.state, task: outcome.task },
      // A run ends in two ways more than a wait does; the core handles all ways alike.
      outcome: outcome as never,
      events: [{ name: outcome.kind, payload } as never, { name: "settled", payload: outcome } as never],
    });
  }

  #emit<K extends RunEventName>(name: K, payload: RunEvents[K]): void {
    if (this.core.outcome === undefined) {
      this.core.emit([{ name, payload } as never]);
    }
  }

  #release(): void {
    const { signal } = this.#plan;
    if (signal !== undefined) {
      leaveSignal(signal, this.core);
    }
    this.#alarm.set(undefined);
    const reason: unknown = this.core.outcome?.kind === "aborted" ? this.core.outcome.error : undefined;
    this.#controller.abort(reason);
    if (this.#wait !== undefined) {
      this.#state = { ...this.#state, wait: this.#wait.checkpoint() };
      this.#wait.abandon(reason);
    }
  }
}

/** An attempt whose task failed because the service was busy, while another may follow. */
class BusyAttempt extends Error {
  override readonly name = "BusyAttempt";
  readonly outcome: OutcomeOf<"failed">;

  constructor(outcome: OutcomeOf<"failed">) {
    super("the service was busy");
    this.outcome = outcome;
  }
}

function withoutSent(state: RunCheckpoint): RunCheckpoint {
  const { sentAtMs: _, ...rest } = state;
  return rest;
}

function lastSeen({ wait }: RunCheckpoint): Pick<WaitCheckpoint, "task"> | Record<string, never> {
  return wait?.task === undefined ? {} : { task: wait.task };
}
