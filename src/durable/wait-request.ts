import { type ResolvedWaitOptions, resolveWaitOptions } from "../policy/state/wait-options.ts";
import type { WaitState } from "../policy/state/wait-state.ts";
import { isTaskwaitError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import { beginPortable, type PortableWaitOptions } from "./step.ts";

/** What to wait for, and how. Plain JSON. */
export interface WaitRequest extends PortableWaitOptions {
  /** The task to wait for. */
  readonly taskId: string;
}

/**
 * The wait that a request asks for, over the defaults of whom it asks.
 *
 * @throws Whatever is the matter with the request: see {@link refusalOf}.
 */
export function beginRequest(
  request: WaitRequest,
  defaults: ResolvedWaitOptions,
  nowMs: number,
): { readonly state: WaitState; readonly options: ResolvedWaitOptions } {
  const { taskId, ...given } = request;
  const options = resolveWaitOptions(given, defaults, "wait");
  return { state: beginPortable(taskId, given, options, nowMs), options };
}

/** Why a request can't be met. It came from another process, and may be anything. */
export function refusalOf(error: unknown): string {
  return isTaskwaitError(error) ? error.message : `wait: not a request: ${quoted(error)}`;
}
