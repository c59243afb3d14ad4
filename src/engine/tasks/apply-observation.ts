import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { decide } from "../../policy/decide/decide.ts";
import { countImmediateRetry, type ImmediateRetry } from "../../policy/decide/immediate-retry.ts";
import { rememberWait } from "../../policy/decide/learn-from-wait.ts";
import type { TaskHistory } from "../../policy/forecast/history.ts";
import { moreEager, type PollValueCurve } from "../../policy/forecast/poll-value.ts";
import type { DecideContext } from "../../policy/state/decision.ts";
import { clockOffsetMsOf, type TaskSource } from "../../task/source.ts";
import type { RateLimits } from "../rate/rate-limits.ts";
import type { WaitCore } from "../wait/wait-core.ts";
import type { DetectionLagSample } from "./detection-lag.ts";
import type { Look } from "./poll.ts";
import type { TrackedTask } from "./tracked-task.ts";

/** Hands what a look gave to every wait on the task, and learns from those that end. */
export class WatchJudge {
  readonly lateness: DetectionLagSample;
  readonly #source: TaskSource;
  readonly #clock: MonotonicClock;
  readonly #random: () => number;
  readonly #budget: RateLimits;
  #history: TaskHistory;

  constructor(
    source: TaskSource,
    clock: MonotonicClock,
    random: () => number,
    budget: RateLimits,
    history: TaskHistory,
    lateness: DetectionLagSample,
  ) {
    this.lateness = lateness;
    this.#history = history;
    this.#source = source;
    this.#clock = clock;
    this.#random = random;
    this.#budget = budget;
  }

  /** What the tasks that ended have taught. */
  get history(): TaskHistory {
    return this.#history;
  }

  /** Every wait decides on its own; a watch that is still wanted then knows what the next look is worth. */
  take(watch: TrackedTask, { observation, callMs }: Look): void {
    const nowMs = this.#clock.nowMs();
    let lesson: TaskHistory | undefined;
    let worth: PollValueCurve | undefined;
    for (const core of watch.waits) {
      const decision = decide(core.state, observation, this.#context(core, nowMs, callMs));
      if (decision.kind === "poll") {
        worth = moreEager(worth, decision.pollValue);
      } else if (lesson === undefined && observation.kind === "task") {
        // One task teaches once, however many waited for it.
        lesson = rememberWait(this.#history, decision.state);
        this.lateness.ended(observation.task, core.state, nowMs, clockOffsetMsOf(this.#source) ?? 0);
      }
      core.apply(decision);
    }
    this.#history = lesson ?? this.#history;
    if (observation.kind === "task") {
      watch.seen(worth);
    }
  }

  /** A call failed and is sent again within its poll. */
  resend(watch: TrackedTask | undefined, resending: ImmediateRetry): void {
    for (const core of watch?.waits ?? []) {
      const { state, events } = countImmediateRetry(core.state, resending);
      core.state = state;
      core.emit(events);
    }
  }

  #context(core: WaitCore, nowMs: number, callMs: number): DecideContext {
    const clockOffsetMs = clockOffsetMsOf(this.#source);
    return {
      nowMs,
      random: this.#random,
      options: core.options,
      callMs,
      ratePerSecond: this.#budget.describe.ratePerSecond,
      history: this.#history,
      ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
    };
  }
}
