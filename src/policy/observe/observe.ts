import { ProtocolError } from "../../task/errors.ts";
import { ensureTask } from "../../task/parse-task.ts";
import { quoted } from "../../task/printable.ts";
import type { TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";
import { classifyError, retryAfterMsOf } from "./classify-error.ts";

/** What one look gave. */
export type Observation =
  | { readonly kind: "task"; readonly task: Task }
  /** The service asks everybody to slow down. */
  | { readonly kind: "throttled"; readonly error: Error; readonly retryAfterMs?: number }
  /** It could not be found out this time. */
  | { readonly kind: "transient"; readonly error: Error }
  /** The service knows no such task. */
  | { readonly kind: "notFound"; readonly error: Error }
  /** Asking again can't help: no access, or a call that the service will never take. */
  | { readonly kind: "fatal"; readonly error: Error };

/**
 * Makes one call and tells what it gave. It never rejects: whatever the source throws becomes an observation.
 * The one asynchronous function of the policy, here because every driver needs it.
 *
 * @param source - Where to look.
 * @param taskId - What to look for.
 * @param signal - Cancels the call; the observation is then `transient` with the signal's reason.
 */
export async function observe(source: TaskSource, taskId: string, signal: AbortSignal): Promise<Observation> {
  try {
    const task = ensureTask(await source.describe(taskId, { signal }));
    if (task.taskId !== taskId) {
      throw new ProtocolError(`describe: asked for task ${quoted(taskId)}, got task ${quoted(task.taskId)}`, {
        taskId,
      });
    }
    return { kind: "task", task };
  } catch (error) {
    return observeError(error);
  }
}

/** What an error of a source means, as an observation. */
export function observeError(thrown: unknown): Observation {
  const error = thrown instanceof Error ? thrown : new ProtocolError(`thrown: ${quoted(thrown)}`);
  switch (classifyError(error)) {
    case "throttled": {
      const retryAfterMs = retryAfterMsOf(error);
      return { kind: "throttled", error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    case "notFound":
      return { kind: "notFound", error };
    case "denied":
    case "permanent":
      return { kind: "fatal", error };
    case "transient":
      return { kind: "transient", error };
  }
}
