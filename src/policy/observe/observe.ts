import { ProtocolError, UnreachableError } from "../../task/errors.ts";
import { ensureTask } from "../../task/parse-task.ts";
import { printable, quoted } from "../../task/printable.ts";
import type { CallOptions, TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";
import { classifyError, isProgrammingError, retryAfterMsOf } from "./classify-error.ts";
import { errorChain } from "./error-code.ts";

/** The result of one poll. */
export type Observation =
  | { readonly kind: "task"; readonly task: Task }
  /** The service asks everybody to slow down. */
  | { readonly kind: "throttled"; readonly error: Error; readonly retryAfterMs?: number }
  /** No answer about the task this time. */
  | { readonly kind: "transient"; readonly error: Error }
  /** The service knows no such task. */
  | { readonly kind: "notFound"; readonly error: Error }
  /** The service refuses the caller, and goes on refusing. */
  | { readonly kind: "denied"; readonly error: Error }
  /** Asking again can't help: a call that the service will never take. */
  | { readonly kind: "permanent"; readonly error: Error };

/**
 * Makes one call. It never rejects: whatever the source throws becomes an observation. It is the one asynchronous
 * function of the policy, because every driver needs it.
 *
 * @param source - The source of the task.
 * @param taskId - The task.
 * @param signal - Cancels the call; the observation is then `transient` with the signal's reason.
 */
export function observe(source: TaskSource, taskId: string, signal: AbortSignal): Promise<Observation> {
  return observeCall(source, taskId, { signal });
}

/** {@link observe} with options that the source gets as they are: a signal that it does not read need not be made. */
export async function observeCall(
  source: TaskSource,
  taskId: string,
  options: CallOptions,
): Promise<Observation> {
  try {
    const task = ensureTask(await source.describe(taskId, options));
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
export function observeError(thrown: unknown): Exclude<Observation, { kind: "task" }> {
  const readable = readableError(thrown);
  const error = isProgrammingError(readable) ? programmingError(readable) : readable;
  const kind = classifyError(error);
  const retryAfterMs = kind === "throttled" ? retryAfterMsOf(error) : undefined;
  return retryAfterMs === undefined ? { kind, error } : { kind: "throttled", error, retryAfterMs };
}

/** Nothing that the service does later corrects a mistake in a source. */
function programmingError(cause: Error): ProtocolError {
  const message = `the source threw ${printable(`${cause.name}: ${cause.message}`)}`;
  return new ProtocolError(message, { cause, permanent: true });
}

/** The error as it is, when all that anybody reads of one can be read; else one that stands for it. */
function readableError(thrown: unknown): Error {
  try {
    if (!(thrown instanceof Error)) {
      return new ProtocolError(`thrown: ${quoted(thrown)}`);
    }
    classifyError(thrown);
    for (const one of errorChain(thrown)) {
      const { name, message, cause: _, code: __ } = one as Partial<Error> & { readonly code?: unknown };
      if (one instanceof Error && (typeof name !== "string" || typeof message !== "string")) {
        return new ProtocolError("thrown: an error whose name or message is no string");
      }
    }
    return thrown;
  } catch {
    return new ProtocolError("thrown: an error that can't be read");
  }
}

/** The error of a call that gave none: what ended it, as an error. */
export function callError(reason: unknown): Error {
  return reason instanceof Error ? reason : new UnreachableError("the call was aborted", { cause: reason });
}
