import { type CallContext, timedCall } from "../../async/timed-call.ts";
import { ProtocolError, UnreachableError } from "../../task/errors.ts";
import type { TaskListQuery, TaskPage, TaskSource } from "../../task/source.ts";

/** One call for a page of a listing. Rejects with what went wrong, in time. */
export async function requestPage(
  source: TaskSource,
  query: TaskListQuery,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<TaskPage> {
  const onTimeout = (): Error => new UnreachableError(`list: no answer within ${timeoutMs} ms`);
  const call = async (own: CallContext) => source.list?.(query, own);
  const page = await timedCall(call, { timeoutMs, signal, onTimeout }).promise;
  if (!Array.isArray(page?.tasks)) {
    throw new ProtocolError("list: the page has no tasks");
  }
  return page;
}
