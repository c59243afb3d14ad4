/**
 * The side of the workflow: it imports nothing but `@temporalio/workflow`, so that it can be bundled for the sandbox.
 *
 * @packageDocumentation
 */
import { proxyActivities } from "@temporalio/workflow";
import { parseDurationMs } from "../task/duration.ts";
import type { Outcome } from "../task/outcome.ts";
import type { Task } from "../task/task.ts";
import { outcomeOfFailure } from "./outcome-failure.ts";
import type { TaskActivities, WaitRequest } from "./request.ts";

export type { OutcomeRecord } from "../durable/outcome-record.ts";
export type { PortableWaitOptions } from "../durable/step.ts";
export { outcomeOfFailure } from "./outcome-failure.ts";
export type { TaskActivities, WaitRequest } from "./request.ts";

/** How a workflow waits. */
export interface WorkflowWaitOptions {
  /** The queue whose workers have the activities; by default the workflow's own. */
  readonly taskQueue?: string | undefined;
  /**
   * `poll` (default): one short activity, retried at each look. `hold`: one long activity, which holds a slot of its
   * worker.
   */
  readonly how?: "poll" | "hold" | undefined;
}

const DEFAULT_TIMEOUT_MS = 24 * 3_600_000;
const DEFAULT_POLL_TIMEOUT_MS = 10_000;
const SPARE_MS = 60_000;

/**
 * Waits for a task, in a workflow.
 *
 * @returns The completed task. Every other end is an `ActivityFailure`: see {@link outcomeOfFailure}, or use
 * {@link taskOutcome}.
 */
export function waitForTask(request: WaitRequest, options: WorkflowWaitOptions = {}): Promise<Task> {
  const { taskQueue, how = "poll" } = options;
  const timeoutMs = request.timeoutMs ?? durationOf(request.timeout, DEFAULT_TIMEOUT_MS);
  const pollTimeoutMs = request.pollTimeoutMs ?? durationOf(request.pollTimeout, DEFAULT_POLL_TIMEOUT_MS);
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
    return hold(request);
  }
  const { pollTask } = proxyActivities<TaskActivities>({
    ...queue,
    scheduleToCloseTimeout: timeoutMs + SPARE_MS,
    startToCloseTimeout: pollTimeoutMs + SPARE_MS,
    retry,
  });
  return pollTask(request);
}

/** Waits for a task, in a workflow, and tells every end as a value. Cancellations and other failures are thrown. */
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

function durationOf(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : parseDurationMs(text, "timeout");
}
