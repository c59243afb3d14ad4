import type { Outcome } from "../../task/outcome.ts";
import type { WaitEvent } from "../../task/wait-events.ts";
import type { TaskHistory } from "../forecast/history.ts";
import type { PollValueCurve } from "../forecast/poll-value.ts";
import type { ResolvedWaitOptions } from "./wait-options.ts";
import type { WaitState } from "./wait-state.ts";

/** The next step. The driver emits `events` in order. */
export type Decision =
  | {
      readonly kind: "poll";
      readonly state: WaitState;
      /** Milliseconds from now until the next poll. */
      readonly delayMs: number;
      /** The value of an earlier or later poll; only after a poll that returned the task. */
      readonly pollValue?: PollValueCurve;
      readonly events: readonly WaitEvent[];
    }
  | {
      readonly kind: "settle";
      readonly state: WaitState;
      readonly outcome: Outcome;
      readonly events: readonly WaitEvent[];
    };

/** What a decision depends on besides the state and the observation. */
export interface DecideContext {
  /**
   * Unix milliseconds from a monotonic clock that was anchored once, so that a jump of the wall clock changes
   * nothing.
   */
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly options: ResolvedWaitOptions;
  /** How long the call took, in milliseconds, when the driver measured it. */
  readonly callMs?: number;
  /** What the driver knows from earlier tasks, if it keeps a history; see {@link rememberWait}. */
  readonly history?: TaskHistory;
  /** How far the service's clock is ahead of `nowMs`, in milliseconds, if known. */
  readonly clockOffsetMs?: number | undefined;
  /** The rate that the driver's limiter allows now, in calls per second, if known. */
  readonly ratePerSecond?: number;
}
