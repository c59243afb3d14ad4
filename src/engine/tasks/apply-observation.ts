import { decide } from "../../policy/decide/decide.ts";
import { reforecast } from "../../policy/decide/earlier-runs.ts";
import { rememberWait } from "../../policy/decide/learn-from-wait.ts";
import type { TaskHistory } from "../../policy/forecast/history.ts";
import { moreEager, type PollValueCurve } from "../../policy/forecast/poll-value.ts";
import type { DecideContext } from "../../policy/state/decision.ts";
import type { Task } from "../../task/task.ts";
import { detectionLagMs } from "./detection-lag.ts";
import type { PollResult } from "./poll.ts";
import type { TrackedTask } from "./tracked-task.ts";

/** What an observation changed. */
export interface AppliedObservation {
  /** The task as observed; undefined when the poll failed. */
  readonly after: Task | undefined;
  /** With what the end of the task teaches. */
  readonly history: TaskHistory;
  /** How late that end was noticed, in milliseconds; undefined when none was, or it can't be told. */
  readonly lagMs: number | undefined;
}

/** What every wait on the task decides by. */
export type ApplyContext = Omit<Required<DecideContext>, "options" | "callMs" | "history"> & {
  readonly history: TaskHistory;
};

/**
 * Hands what a poll or a page gave to every wait on the task: each decides by itself (W6: `decide` alone settles by
 * status). A task that is still wanted then has the value of its next poll.
 */
export function applyObservation(
  tracked: TrackedTask,
  { observation, callMs }: PollResult,
  context: ApplyContext,
): AppliedObservation {
  const { nowMs, random, ratePerSecond, history: known, clockOffsetMs } = context;
  const after = observation.kind === "task" ? observation.task : undefined;
  let history: TaskHistory | undefined;
  let value: PollValueCurve | undefined;
  let lagMs: number | undefined;
  for (const core of tracked.waits) {
    const { options } = core;
    // Of one shape, and no copy of another object: this is made for every poll of every wait.
    const own = { nowMs, random, options, callMs, history: known, clockOffsetMs, ratePerSecond };
    const decision = decide(core.state, observation, own);
    if (decision.kind === "poll") {
      value = moreEager(value, decision.pollValue);
    } else if (history === undefined && after !== undefined) {
      // One task teaches once, however many waits are for it.
      history = rememberWait(known, decision.state);
      lagMs = detectionLagMs(after, core.state, nowMs, clockOffsetMs ?? 0);
    }
    core.apply(decision);
  }
  if (after !== undefined) {
    tracked.seen(after, value);
  }
  return { after, history: history ?? known, lagMs };
}

/** More is known of a type: the waits for its tasks decide again when to poll. Gives those tasks. */
export function applyHistory(
  tasks: Iterable<TrackedTask>,
  taskType: string | undefined,
  context: ApplyContext,
): readonly TrackedTask[] {
  const ofType = [...tasks].filter(({ task }) => task !== undefined && task.taskType === taskType);
  for (const tracked of ofType) {
    applyForecast(tracked, context);
  }
  return ofType;
}

function applyForecast(tracked: TrackedTask, context: ApplyContext): void {
  let value: PollValueCurve | undefined;
  for (const core of tracked.waits) {
    const next = reforecast(core.state, { ...context, options: core.options });
    if (next !== undefined) {
      const { state, pollValue } = next;
      value = moreEager(value, pollValue);
      core.apply({ kind: "poll", state, delayMs: state.nextPollAtMs - context.nowMs, events: [] });
    }
  }
  if (value !== undefined) {
    tracked.forecast(value);
  }
}
