import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import { sleep } from "../async/sleep.ts";
import { MAX_TIMER_MS } from "../async/timer.ts";
import { resolveDriverOptions } from "../durable/driver-options.ts";
import { step } from "../durable/step.ts";
import { toOutcomeRecord } from "../durable/to-outcome-record.ts";
import { beginRequest, refusalOf, type WaitRequest } from "../durable/wait-request.ts";
import type { ResolvedWaitOptions, WaitOptions } from "../policy/state/wait-options.ts";
import { restoreWait, type WaitState } from "../policy/state/wait-state.ts";
import type { Outcome } from "../task/outcome.ts";
import { quoted } from "../task/printable.ts";
import type { TaskSource } from "../task/source.ts";
import type { Task } from "../task/task.ts";
import { FAILURE_TYPES } from "./outcome-failure.ts";
import { INVALID, PENDING, type TaskActivities } from "./request.ts";

/** Where the tasks are seen, and what holds for their waits unless these say otherwise. */
export interface TaskActivitiesOptions extends Omit<WaitOptions, "signal" | "resume" | "justStarted"> {
  /** Such as a `BdrcClient`. */
  readonly source: TaskSource;
}

const ACTION = "taskActivities";
// A heartbeat that comes three times as often as it must is not missed when one is late.
const BEATS_A_TIMEOUT = 3;
const MAX_SILENCE_MS = 10_000;

/**
 * Makes the activities for a `Worker`. Every end but COMPLETE is an `ApplicationFailure` that is not retried, with the
 * task and the outcome in its `details`; a workflow reads it with `outcomeOfFailure`.
 *
 * @param options - Of the waits, what holds unless a request says otherwise. A `timeout` of more than 24 hours must be
 * in the request itself: the workflow's side does not know these options.
 * @throws `InvalidOptionError` naming the option, the rule and the value.
 *
 * @example
 * ```ts
 * const worker = await Worker.create({
 *   taskQueue: "tasks",
 *   workflowsPath,
 *   activities: taskActivities({ source: new BdrcClient() }),
 *   maxTaskQueueActivitiesPerSecond: 8,
 * });
 * ```
 */
export function taskActivities(options: TaskActivitiesOptions): TaskActivities {
  const { source, defaults } = resolveDriverOptions(options, [], ACTION);

  return {
    waitForTask: async (request) => {
      const context = Context.current();
      let { state, options } = begin(request, defaults, context);
      for (;;) {
        const decision = await whileBeating(context, state, () =>
          step(source, state, options, context.cancellationSignal),
        );
        await surfaceCancellation(context);
        state = decision.state;
        context.heartbeat(state);
        if (decision.kind === "settle") {
          return resultOf(decision.outcome);
        }
        await whileBeating(context, state, () =>
          // An abort only ends it early: Temporal has a failure of its own for a cancellation.
          sleep(decision.delayMs, context.cancellationSignal).catch(() => {}),
        );
        await surfaceCancellation(context);
      }
    },

    pollTask: async (request) => {
      const context = Context.current();
      const { state, options } = begin(request, defaults, context);
      const decision = await step(source, state, options, context.cancellationSignal);
      await surfaceCancellation(context);
      // What the next attempt begins with.
      context.heartbeat(decision.state);
      if (decision.kind === "settle") {
        return resultOf(decision.outcome);
      }
      const status = decision.state.task?.taskStatus ?? "not seen yet";
      throw ApplicationFailure.create({
        type: PENDING,
        message: `task ${request.taskId} is ${quoted(status)}`,
        nextRetryDelay: Math.max(1, Math.round(decision.delayMs)),
      });
    },
  };
}

/** The wait; from the heartbeat of the attempt before, if there was one. */
function begin(request: WaitRequest, defaults: ResolvedWaitOptions, { info }: Context) {
  try {
    const begun = beginRequest(request, defaults, Date.now());
    return info.heartbeatDetails === undefined || info.heartbeatDetails === null
      ? begun
      : { ...begun, state: restoreWait(info.heartbeatDetails, request.taskId) };
  } catch (error) {
    throw ApplicationFailure.create({ type: INVALID, message: refusalOf(error), nonRetryable: true });
  }
}

function resultOf(outcome: Outcome): Task {
  if (outcome.kind === "complete") {
    return outcome.task;
  }
  throw ApplicationFailure.create({
    type: FAILURE_TYPES[outcome.kind],
    message: outcome.error instanceof Error ? outcome.error.message : outcome.kind,
    nonRetryable: true,
    details: [outcome.task ?? null, toOutcomeRecord(outcome)],
  });
}

/** Goes on telling Temporal that this lives, and where it is, while something takes its time. */
async function whileBeating<T>(context: Context, state: WaitState, wait: () => Promise<T>): Promise<T> {
  const timeoutMs = context.info.heartbeatTimeoutMs ?? MAX_SILENCE_MS * BEATS_A_TIMEOUT;
  const everyMs = Math.min(MAX_TIMER_MS, Math.max(50, timeoutMs / BEATS_A_TIMEOUT));
  const beat = setInterval(() => context.heartbeat(state), everyMs);
  context.heartbeat(state);
  try {
    return await wait();
  } finally {
    clearInterval(beat);
  }
}

/** Throws Temporal's own `CancelledFailure`, which it takes for a cancellation; an `AbortError` it would retry. */
async function surfaceCancellation(context: Context): Promise<void> {
  if (context.cancellationSignal.aborted) {
    await context.cancelled;
  }
}
