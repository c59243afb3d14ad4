import { MonotonicClock } from "../async/monotonic-clock.ts";
import { SafeEmitter } from "../async/safe-emitter.ts";
import { joinSignal, leaveSignal } from "../async/shared-abort.ts";
import { invalidOption } from "../options/check-options.ts";
import { checkIdFor } from "../options/task-id.ts";
import { settleResumed } from "../policy/decide/settle.ts";
import type { TaskHistory } from "../policy/forecast/history.ts";
import { resolveTaskWaitOptions, type TaskWaitOptions, withLimits } from "../policy/state/wait-options.ts";
import { hasEnded } from "../policy/state/wait-state.ts";
import { WaiterClosedError } from "../task/errors.ts";
import type { TaskSource } from "../task/source.ts";
import type { TaskWithResult } from "../task/task.ts";
import type { WaitEvent, WaitEventName, WaitEvents } from "../task/wait-events.ts";
import type { CallAnswer } from "./rate/rate-limits.ts";
import { PollScheduler } from "./scheduling/poll-scheduler.ts";
import { DetectionLagSample } from "./tasks/detection-lag.ts";
import { Telemetry } from "./telemetry.ts";
import { firstState } from "./wait/first-state.ts";
import { TaskWait } from "./wait/task-wait.ts";
import { WaitCore, type WaitDriver } from "./wait/wait-core.ts";
import {
  type ResolvedWaiterOptions,
  resolveWaiterOptions,
  type TaskWaiterOptions,
} from "./waiter-options.ts";
import { type WaiterStats, waiterStats } from "./waiter-stats.ts";

// The engine, from the outside in; each class alone writes its fields, and observations are handed on by value.
//
//   TaskWaiter         the waits that live, the waiter's listeners, telemetry
//   └ PollScheduler    the tracked tasks, the deadlines, the history, the one timer
//     ├ RateLimits     an ApiRateLimit for each API: its PermitQueue says what goes next of this waiter's
//     │ └ PermitDispatcher  which waiter's goes next, over RateLimiter (how fast); shared by all of one quota (sharedRate)
//     ├ DuePolls       the tasks that are asleep, or queued for a permit
//     │ └ CallSharing  which tasks share a call that takes several ids, and when they are due for that
//     ├ ListingScheduler  when a scan (ListingScan) pays off; coverage and lag of listings, their sizes, the pacing
//     ├ PollRunner     the polls in flight; Poll makes the calls of one
//     └ TrackedTask    the last task seen, the value of its next poll, the waits for it
//       └ WaitCore     a wait's state and outcome; TaskWait is the promise in front
//
// `decide` says what an observation means (policy/); applyObservation asks it for every wait on the task.
// W1 PollScheduler#drop, PermitDispatcher · W2 WaitCore.aborted, PollScheduler#drop, Poll.leave · W3 Deadlines,
// pollPriority, readScan · W4 ApiRateLimit, PollScheduler#schedule · W5 ApiRateLimit.answered · W6 applyObservation
// · W7 SafeEmitter (async/) · W8, W9 policy/

/** A listener of all waits of a waiter. What it throws changes nothing. */
export type WaiterListener<K extends WaitEventName> = (payload: WaitEvents[K], wait: TaskWait) => unknown;

/**
 * Waits for any number of tasks of one source, through one rate, which it shares with all waiters of the same quota.
 * Two waits on one task cost one poll. While it has no waits it holds no timer, so a process can exit without closing it.
 */
export class TaskWaiter implements AsyncDisposable {
  readonly #options: ResolvedWaiterOptions;
  readonly #clock = new MonotonicClock();
  readonly #telemetry = new Telemetry();
  readonly #lags = new DetectionLagSample();
  readonly #scheduler: PollScheduler;
  readonly #live = new Map<WaitCore, TaskWait>();
  // Those that a microtask of this turn begins, by their tasks.
  readonly #beginning = new Map<string, WaitCore>();
  readonly #emitter = new SafeEmitter<WaitEvents, [wait: TaskWait]>();
  readonly #driver: WaitDriver;
  #isClosed = false;

  /** @throws {@link InvalidOptionError} naming the option, the rule and the value. */
  constructor(options: TaskWaiterOptions) {
    this.#options = resolveWaiterOptions(options);
    const scheduling = {
      ...this.#options,
      callTimeoutMs: this.#options.defaults.pollTimeoutMs,
      maxPauseMs: this.#options.defaults.maxIntervalMs,
      onAnswer: (answer: CallAnswer) => this.#telemetry.called(answer),
      onEndNoticed: (lagMs: number) => {
        this.#lags.add(lagMs);
        this.#telemetry.noticed(lagMs);
      },
    };
    this.#scheduler = new PollScheduler(scheduling, this.#clock);
    this.#driver = {
      clock: this.#clock,
      hold: (core) => this.#hold(core),
      release: (core) => this.#release(core),
      forward: (core, event) => this.#forward(core, event),
      hint: (core) => void this.hint(core.state.taskId),
      hears: (name) => this.#emitter.hears(name),
    };
  }

  /**
   * Waits for a task. The wait begins in a microtask, so listeners that are added in the same turn hear
   * everything.
   *
   * @throws {@link InvalidOptionError} at once for a bad id or option, {@link WaiterClosedError} after
   * {@link close}. What goes wrong later rejects the promise.
   */
  wait<Result = unknown>(
    taskId: string,
    options: TaskWaitOptions<Result> = {},
  ): TaskWait<TaskWithResult<Result>> {
    if (this.#isClosed) {
      checkIdFor(this.source, taskId);
      throw new WaiterClosedError(`wait: the waiter is closed, task ${taskId} can't be waited for`, {
        taskId,
      });
    }
    const { defaults, limits } = this.#options;
    const resolved = withLimits(resolveTaskWaitOptions(options, defaults, "wait"), limits);
    const state = firstState(taskId, options, {
      nowMs: this.#clock.nowMs(),
      wallAheadMs: this.#clock.wallAheadMs,
      options: resolved,
      history: this.#scheduler.history,
      source: this.source,
    });
    const core = new WaitCore(state, resolved, options, this.#driver);
    const wait = new TaskWait<TaskWithResult<Result>>(core);
    this.#live.set(core, wait);
    this.#telemetry.began(core);
    this.#beginning.set(taskId, core);
    // A promise's microtask: fake timers of a test replace `queueMicrotask`.
    void Promise.resolve().then(() => this.#begin(core));
    return wait;
  }

  /**
   * Says that a task may have ended, as an event from elsewhere told: it is polled now, which alone ends the wait. A hint
   * brings at most one more call, `minIntervalMs` after the last, and shortens no pause after a throttled or failed poll.
   *
   * @returns Whether a wait for the task is in flight; `false` means that nothing was done.
   */
  hint(taskId: string): boolean {
    const beginning = this.#beginning.get(taskId);
    if (beginning !== undefined && beginning.outcome === undefined) {
      beginning.isHinted = true;
      return true;
    }
    return this.#scheduler.hint(taskId);
  }

  /** Calls the listener at every event of this name, of any wait. */
  on<K extends WaitEventName>(event: K, listener: WaiterListener<K>): this {
    this.#emitter.on(event, listener);
    return this;
  }

  /** Calls the listener at the next event of this name, of any wait. */
  once<K extends WaitEventName>(event: K, listener: WaiterListener<K>): this {
    this.#emitter.once(event, listener);
    return this;
  }

  /** Takes a listener away. */
  off<K extends WaitEventName>(event: K, listener: WaiterListener<K>): this {
    this.#emitter.off(event, listener);
    return this;
  }

  /** Where the tasks are seen. */
  get source(): TaskSource {
    return this.#options.source;
  }

  /** What the tasks that ended have taught: plain JSON, for another waiter's `history`. */
  get history(): TaskHistory {
    return this.#scheduler.history;
  }

  /** How the waiter is doing. */
  stats(): WaiterStats {
    return waiterStats(this.#live.size, this.#scheduler, this.#lags);
  }

  /**
   * Takes no more waits. Those in flight are aborted with a {@link WaiterClosedError} (default), or awaited.
   * The source stays open.
   *
   * @param options - `waits: "await"` lets the waits in flight come to their own ends.
   * @returns Resolves when no wait is left; rejects with an {@link InvalidOptionError} for any other word.
   */
  async close({ waits = "abort" }: { readonly waits?: "abort" | "await" } = {}): Promise<void> {
    if (waits !== "abort" && waits !== "await") {
      throw invalidOption("close: waits", 'must be "abort" or "await"', waits);
    }
    this.#isClosed = true;
    const left = [...this.#live.keys()];
    if (waits === "await") {
      await Promise.all(left.map((core) => core.whenSettled()));
      return;
    }
    for (const core of left) {
      const { taskId } = core.state;
      const message = `the waiter was closed while it waited for task ${taskId}`;
      core.aborted(new WaiterClosedError(message, { taskId }));
    }
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #begin(core: WaitCore): void {
    this.#beginning.delete(core.state.taskId);
    if (core.outcome !== undefined) {
      return;
    }
    if (hasEnded(core.state)) {
      core.apply(settleResumed(core.state, this.#clock.nowMs()));
      return;
    }
    if (!joinSignal(core.signal, core)) {
      return;
    }
    this.#scheduler.add(core);
    if (core.isHinted) {
      this.hint(core.state.taskId);
    }
  }

  /** A wait that was resumed from its end joins its signal only here. */
  #hold(core: WaitCore): void {
    if (joinSignal(core.signal, core)) {
      this.#scheduler.hold(core);
    }
  }

  #release(core: WaitCore): void {
    leaveSignal(core.signal, core);
    this.#scheduler.remove(core, core.outcome?.kind === "aborted" ? core.outcome.error : undefined);
  }

  #forward<K extends WaitEventName>(core: WaitCore, event: WaitEvent<K>): void {
    const wait = this.#live.get(core);
    if (wait !== undefined) {
      this.#emitter.emit(event.name, event.payload, wait);
    }
    if (event.name === "settled") {
      this.#telemetry.settled(core);
      this.#live.delete(core);
    }
  }
}
