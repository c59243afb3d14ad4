import { ProtocolError, TaskNotFoundError } from "../../task/errors.ts";
import { ensureTask } from "../../task/parse-task.ts";
import { quoted } from "../../task/printable.ts";
import type { CallOptions, TaskSource } from "../../task/source.ts";
import { type FailureScope, scopeOf } from "./failure-scope.ts";
import { type Observation, observeError } from "./observe.ts";

/** The result of one call that asked for several tasks. */
export type ManyObservation =
  | { readonly kind: "tasks"; readonly byId: ReadonlyMap<string, Observation> }
  /** The call failed. */
  | Exclude<Observation, { kind: "task" }>;

/** How many ids one call of a source takes; 1 for a source that takes one at a time. */
export function maxIdsOf({ describeMany, maxIds }: TaskSource): number {
  return typeof describeMany === "function" && typeof maxIds === "number" && maxIds >= 1
    ? Math.floor(maxIds)
    : 1;
}

/**
 * Makes one call for several tasks. It never rejects. A task that the answer lacks does not exist, unless the answer
 * has something unreadable that may be that task.
 *
 * @param source - The source of the tasks, with a `describeMany`.
 * @param taskIds - At most its `maxIds`, each once.
 * @param options - Its signal cancels the call. The source gets them as they are.
 */
export async function observeMany(
  source: TaskSource,
  taskIds: readonly string[],
  options: CallOptions,
): Promise<ManyObservation> {
  try {
    const answer: unknown = await source.describeMany?.(taskIds, options);
    if (!Array.isArray(answer)) {
      throw new ProtocolError(`describeMany: expected a list of tasks, got ${quoted(answer)}`);
    }
    return { kind: "tasks", byId: readTasks(answer, taskIds) };
  } catch (error) {
    return observeError(error);
  }
}

/** Whom the failure of a call for several tasks concerns. */
export function failureScope(observation: Exclude<ManyObservation, { kind: "tasks" }>): FailureScope {
  return observation.kind === "throttled" ? "all" : scopeOf(observation.error);
}

function readTasks(answer: readonly unknown[], taskIds: readonly string[]): ReadonlyMap<string, Observation> {
  const asked = new Set(taskIds);
  const byId = new Map<string, Observation>();
  let unreadable: Observation | undefined;
  for (const item of answer) {
    const observation = readTask(item);
    const taskId = observation.kind === "task" ? observation.task.taskId : idOf(item);
    if (taskId === undefined) {
      unreadable = observation;
    } else if (asked.has(taskId) && !byId.has(taskId)) {
      byId.set(taskId, observation);
    }
  }
  for (const taskId of taskIds) {
    if (!byId.has(taskId)) {
      byId.set(taskId, unreadable ?? notFound(taskId));
    }
  }
  return byId;
}

function readTask(item: unknown): Observation {
  try {
    return { kind: "task", task: ensureTask(item) };
  } catch (error) {
    return observeError(error);
  }
}

function idOf(item: unknown): string | undefined {
  try {
    const { taskId } = item as { readonly taskId?: unknown };
    return typeof taskId === "string" ? taskId : undefined;
  } catch {
    return undefined;
  }
}

function notFound(taskId: string): Observation {
  const message = `describeMany: the answer has no task ${quoted(taskId)}`;
  return { kind: "notFound", error: new TaskNotFoundError(message, { taskId }) };
}
