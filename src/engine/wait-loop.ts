import { decide, decideTimeout } from "../policy/decide.ts";
import type { DecideContext } from "../policy/decision.ts";
import type { TaskHistory } from "../policy/history.ts";
import { countResend, type Resending } from "../policy/in-poll-retry.ts";
import { rememberWait } from "../policy/lesson.ts";
import type { Observation } from "../policy/observe.ts";
import type { TaskSource } from "../source.ts";
import { Alarm } from "./alarm.ts";
import { DueHeap } from "./due-heap.ts";
import { type Look, look } from "./look.ts";
import { PermitQueue } from "./permit-queue.ts";
import type { RateGate } from "./rate-gate.ts";
import type { SteadyClock } from "./steady-clock.ts";
import type { WaitCore } from "./wait-core.ts";
import { Watch } from "./watch.ts";

/** What the loop has done so far. */
export interface LoopCounts {
  polls: number;
  throttled: number;
}

/**
 * Drives any number of waits with one timer: sleeps until the next look or deadline is due, claims permits for
 * the looks, and hands what they gave to every wait on that task.
 *
 * - A look that is due claims a permit; a task that is being asked about is not asked about twice.
 * - A deadline settles its wait whatever else is under way.
 * - A task that nobody waits for any more leaves nothing behind.
 */
export class WaitLoop {
  readonly counts: LoopCounts = { polls: 0, throttled: 0 };
  readonly #source: TaskSource;
  readonly #clock: SteadyClock;
  readonly #random: () => number;
  readonly #gate: RateGate;
  readonly #permits: PermitQueue;
  readonly #alarm: Alarm;
  readonly #watches = new Map<string, Watch>();
  readonly #asleep = new DueHeap<Watch>();
  readonly #deadlines = new DueHeap<WaitCore>();
  #history: TaskHistory = [];

  constructor(source: TaskSource, clock: SteadyClock, random: () => number, gate: RateGate) {
    this.#source = source;
    this.#clock = clock;
    this.#random = random;
    this.#gate = gate;
    this.#permits = new PermitQueue(gate);
    this.#alarm = new Alarm(clock, () => this.#ring());
  }

  /** Tasks that are watched. */
  get taskCount(): number {
    return this.#watches.size;
  }

  /** What the tasks that ended have taught. */
  get history(): TaskHistory {
    return this.#history;
  }

  /** Looks that are due and wait for a permit. */
  get queuedCount(): number {
    return this.#permits.size;
  }

  add(core: WaitCore): void {
    const { taskId } = core.state;
    const watch = this.#watches.get(taskId) ?? new Watch(taskId, (granted) => void this.#poll(granted));
    this.#watches.set(taskId, watch);
    watch.waits.add(core);
    const nowMs = this.#clock.nowMs();
    // A deadline that is past from the start means "look once"; that look has its time.
    core.dueMs = Math.max(
      core.state.deadlineMs,
      core.state.deadlineMs <= nowMs ? nowMs + core.options.pollTimeoutMs : 0,
    );
    this.#deadlines.put(core);
    this.#schedule(watch);
  }

  remove(core: WaitCore, reason: unknown): void {
    this.#deadlines.remove(core);
    const watch = this.#watches.get(core.state.taskId);
    if (watch?.waits.delete(core) && watch.waits.size === 0) {
      this.#drop(watch, reason);
    }
    this.#setAlarm();
  }

  #drop(watch: Watch, reason: unknown): void {
    this.#watches.delete(watch.taskId);
    if (watch.phase === "claiming") {
      this.#permits.remove(watch);
    } else {
      this.#asleep.remove(watch);
    }
    watch.call?.abort(reason);
  }

  #schedule(watch: Watch): void {
    if (watch.phase === "calling") {
      return;
    }
    const dueMs = watch.earliestMs();
    if (watch.phase === "asleep" && dueMs > this.#clock.nowMs()) {
      watch.dueMs = dueMs;
      this.#asleep.put(watch);
    } else if (watch.phase === "asleep") {
      this.#claim(watch, dueMs);
    }
    this.#setAlarm();
  }

  #claim(watch: Watch, dueMs: number): void {
    this.#asleep.remove(watch);
    watch.phase = "claiming";
    watch.dueMs = dueMs;
    this.#permits.add(watch);
  }

  #setAlarm(): void {
    const atMs = Math.min(
      this.#asleep.peek()?.dueMs ?? Number.POSITIVE_INFINITY,
      this.#deadlines.peek()?.dueMs ?? Number.POSITIVE_INFINITY,
    );
    this.#alarm.set(atMs === Number.POSITIVE_INFINITY ? undefined : atMs);
  }

  #ring(): void {
    const nowMs = this.#clock.nowMs();
    for (let core = this.#deadlines.peek(); core && core.dueMs <= nowMs; core = this.#deadlines.peek()) {
      this.#deadlines.remove(core);
      core.apply(decideTimeout(core.state, nowMs));
    }
    for (let watch = this.#asleep.peek(); watch && watch.dueMs <= nowMs; watch = this.#asleep.peek()) {
      this.#claim(watch, watch.dueMs);
    }
    this.#setAlarm();
  }

  async #poll(watch: Watch): Promise<void> {
    const call = new AbortController();
    watch.phase = "calling";
    watch.call = call;
    const seen = await look({
      source: this.#source,
      taskId: watch.taskId,
      callTimeoutMs: watch.callTimeoutMs(),
      signal: call.signal,
      nowMs: () => this.#clock.nowMs(),
      acquirePermit: () => this.#permits.acquire(call.signal, this.#clock.nowMs()),
      onAnswer: (observation) => this.#onAnswer(observation, call.signal),
      onResend: (resending) => this.#onResend(watch, resending),
    });
    watch.call = undefined;
    watch.phase = "asleep";
    this.#take(watch, seen);
    if (watch.waits.size > 0) {
      this.#schedule(watch);
    }
  }

  #take(watch: Watch, { observation, callMs }: Look): void {
    let lesson: TaskHistory | undefined;
    for (const core of [...watch.waits]) {
      const decision = decide(core.state, observation, this.#context(core, callMs));
      if (decision.kind === "settle") {
        // One task teaches once, however many waited for it.
        lesson ??= rememberWait(this.#history, decision.state);
      }
      core.apply(decision);
    }
    this.#history = lesson ?? this.#history;
  }

  #onAnswer(observation: Observation, signal: AbortSignal): void {
    this.counts.polls++;
    if (signal.aborted) {
      return;
    }
    if (observation.kind === "throttled") {
      this.counts.throttled++;
      this.#gate.throttled(observation.retryAfterMs);
    } else if (observation.kind !== "transient") {
      this.#gate.accepted();
    }
  }

  #onResend(watch: Watch, resending: Resending): void {
    for (const core of [...watch.waits]) {
      const { state, events } = countResend(core.state, resending);
      core.state = state;
      core.emit(events);
    }
  }

  #context(core: WaitCore, callMs: number): DecideContext {
    const clockOffsetMs = this.#source.clockOffsetMs?.();
    return {
      nowMs: this.#clock.nowMs(),
      random: this.#random,
      options: core.options,
      callMs,
      ratePerSecond: this.#gate.ratePerSecond,
      history: this.#history,
      ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
    };
  }
}
