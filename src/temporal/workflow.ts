// What the declarations need, whatever "lib" and "target" a consumer has.
/// <reference lib="es2023" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The side of the workflow: it imports nothing but `@temporalio/workflow`, so that it can be bundled for the sandbox.
 *
 * @packageDocumentation
 */
import { ApplicationFailure, proxyActivities } from "@temporalio/workflow";
import type { WaitRequest } from "../durable/wait-request.ts";
import { parseDurationMs } from "../options/duration.ts";
import { DEFAULT_CALL_TIMEOUT_MS, DEFAULT_TIMEOUT_MS } from "../options/named-durations.ts";
import type { Outcome } from "../task/outcome.ts";
import { quoted } from "../task/printable.ts";
import type { Task } from "../task/task.ts";
import { outcomeOfFailure } from "./outcome-failure.ts";
import { INVALID, type TaskActivities } from "./request.ts";

export type { OutcomeRecord } from "../durable/outcome-record.ts";
export type { PortableWaitOptions } from "../durable/step.ts";
export type { WaitRequest } from "../durable/wait-request.ts";
export { outcomeOfFailure } from "./outcome-failure.ts";
export type { TaskActivities } from "./request.ts";

/** How a workflow waits. */
export interface WorkflowWaitOptions {
  /** The queue whose workers have the activities; by default the workflow's own. */
  readonly taskQueue?: string | undefined;
  /**
   * `poll` (default): one short activity, retried for each poll. `hold`: one long activity, which holds a slot of its
   * worker.
   */
  readonly how?: "poll" | "hold" | undefined;
}

const SPARE_MS = 60_000;

/**
 * Waits for a task, in a workflow.
 *
 * @param request - Durations in milliseconds, or as text. What it leaves out is as the worker's `taskActivities` has
 * it, but for `timeout`, which is 24 hours at most unless it is here.
 * @returns The completed task.
 * @throws An `ActivityFailure` for every other end: see {@link outcomeOfFailure}, or use {@link taskOutcome}. An
 * `ApplicationFailure` of the type `InvalidOption` for a bad option.
 *
 * @example
 * ```ts
 * export async function follow(taskId: string): Promise<unknown> {
 *   return (await waitForTask({ taskId, timeout: "2h" })).result;
 * }
 * ```
 */
export async function waitForTask(request: WaitRequest, options: WorkflowWaitOptions = {}): Promise<Task> {
  const { taskQueue, how = "poll" } = options;
  if (how !== "poll" && how !== "hold") {
    throw refusal(`waitForTask: how must be "poll" or "hold", got ${quoted(how)}`);
  }
  const { resume } = request;
  const timeoutMs =
    resume === undefined
      ? durationOf(request, "timeout", DEFAULT_TIMEOUT_MS)
      : Math.max(0, resume.deadlineMs - Date.now()) || 0;
  const queue = taskQueue === undefined ? {} : { taskQueue };
  // A retry that is not one of ours, such as after a worker's crash, comes soon and however often it must.
  const retry = { initialInterval: "1s", maximumInterval: "30s", backoffCoefficient: 2 };
  if (how === "hold") {
    const { waitForTask: hold } = proxyActivities<TaskActivities>({
      ...queue,
      scheduleToCloseTimeout: timeoutMs + SPARE_MS,
      startToCloseTimeout: timeoutMs + SPARE_MS,
      heartbeatTimeout: "30s",
      retry,
    });
    return await hold(request);
  }
  const { pollTask } = proxyActivities<TaskActivities>({
    ...queue,
    scheduleToCloseTimeout: timeoutMs + SPARE_MS,
    startToCloseTimeout: durationOf(request, "pollTimeout", DEFAULT_CALL_TIMEOUT_MS) + SPARE_MS,
    retry,
  });
  return await pollTask(request);
}

/**
 * Waits for a task, in a workflow, and tells every end as a value.
 *
 * @param request - As for {@link waitForTask}.
 * @throws A cancellation of the workflow, and every failure that is no end of the wait.
 *
 * @example
 * ```ts
 * const outcome = await taskOutcome({ taskId, timeout: "2h" }, { taskQueue: "bdrc" });
 * ```
 */
export async function taskOutcome(request: WaitRequest, options: WorkflowWaitOptions = {}): Promise<Outcome> {
  try {
    return { kind: "complete", task: await waitForTask(request, options) };
  } catch (error) {
    const outcome = outcomeOfFailure(error);
    if (outcome === undefined) {
      throw error;
    }
    return outcome;
  }
}

function durationOf(request: WaitRequest, name: "timeout" | "pollTimeout", otherwise: number): number {
  const durationMs = request[`${name}Ms`] ?? readDuration(request[name], name) ?? otherwise;
  if (!(Number.isFinite(durationMs) && durationMs >= 0)) {
    throw refusal(`waitForTask: ${name}Ms must be a number of milliseconds, got ${quoted(durationMs)}`);
  }
  return durationMs;
}

function readDuration(text: string | undefined, name: string): number | undefined {
  try {
    return text === undefined ? undefined : parseDurationMs(text, name);
  } catch (error) {
    throw refusal(`waitForTask: ${(error as Error).message}`);
  }
}

/** Any other error would make Temporal try the workflow's step again without end. */
function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: INVALID, message, nonRetryable: true });
}
