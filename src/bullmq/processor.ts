import { DelayedError, UnrecoverableError } from "bullmq";
import { refuseOption, resolveDriverOptions } from "../durable/driver-options.ts";
import { MIN_PAUSE_MS } from "../durable/paced-rate.ts";
import { step } from "../durable/step.ts";
import {
  type ResolvedWaitOptions,
  resolveWaitOptions,
  type WaitOptions,
} from "../policy/state/wait-options.ts";
import { restoreWait, type WaitState } from "../policy/state/wait-state.ts";
import { isTaskwaitError } from "../task/errors.ts";
import { toEventRecord } from "../task/event-record.ts";
import type { TaskSource } from "../task/source.ts";
import type { TaskJob, TaskJobResult } from "./job.ts";

/** Where the tasks are seen, and what holds for their waits unless these say otherwise. */
export interface TaskProcessorOptions extends Omit<WaitOptions, "signal" | "resume" | "justStarted"> {
  /** Such as a `BdrcClient`. */
  readonly source: TaskSource;
  /**
   * The `Queue` of the jobs. With it, a throttled answer holds back all workers for the time that it names, or a
   * second; without it, only the next poll of that task is deferred.
   */
  readonly queue?:
    | {
        /** Holds all workers of the queue back for so many milliseconds; BullMQ's own. */
        rateLimit(durationMs: number): Promise<unknown>;
      }
    | undefined;
}

/** What BullMQ's `Worker` calls with each job. */
export type TaskProcessor = (job: TaskJob, token?: string) => Promise<TaskJobResult>;

const ACTION = "taskProcessor";

/**
 * Makes the function that a `Worker` runs: one poll of the task of the job, then back into the queue until the next
 * is due. A job completes with the COMPLETE task, and fails for good with every other end, which its data tell.
 *
 * @param options - Of the waits, what holds unless a job says otherwise; durations in milliseconds, or as text.
 * @throws `InvalidOptionError` naming the option, the rule and the value.
 *
 * @example
 * ```ts
 * const worker = new Worker("tasks", taskProcessor({ source: new BdrcClient(), queue }), {
 *   connection,
 *   ...taskWorkerOptions({ perSecond: 10 }),
 * });
 * ```
 */
export function taskProcessor(options: TaskProcessorOptions): TaskProcessor {
  const { source, defaults } = resolveDriverOptions(options, ["queue"], ACTION);
  const { queue } = options;
  if (queue !== undefined && typeof queue?.rateLimit !== "function") {
    refuseOption(ACTION, "queue", "a Queue of BullMQ", queue);
  }
  return async (job, token) => {
    const { state: before, resolved } = readJob(job, defaults);
    const decision = await step(source, before, resolved);
    const { state } = decision;
    const nowMs = Date.now();
    // Kept before it is told, and told before the job moves on: who hears of it finds it.
    await job.updateData({ ...job.data, state });
    await job.updateProgress({
      state,
      events: decision.events.map((event) => toEventRecord(event, state.taskId, nowMs)),
    });
    const throttled = decision.events.find((event) => event.name === "throttled");
    if (throttled !== undefined) {
      await queue?.rateLimit(throttled.payload.retryAfterMs ?? MIN_PAUSE_MS);
    }
    if (decision.kind === "poll") {
      await job.moveToDelayed(Math.ceil(state.nextPollAtMs), token);
      throw new DelayedError();
    }
    const { outcome } = decision;
    if (outcome.kind === "complete") {
      return outcome.task;
    }
    throw new UnrecoverableError(outcome.error instanceof Error ? outcome.error.message : outcome.kind);
  };
}

function readJob(
  job: TaskJob,
  defaults: ResolvedWaitOptions,
): { readonly state: WaitState; readonly resolved: ResolvedWaitOptions } {
  try {
    const { taskId, options, state } = job.data;
    return { state: restoreWait(state, taskId), resolved: resolveWaitOptions(options, defaults, "wait") };
  } catch (error) {
    // Another worker would find the same.
    throw new UnrecoverableError(isTaskwaitError(error) ? error.message : "not a job of taskwait");
  }
}
