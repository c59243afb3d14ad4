import { formatDurationMs } from "../options/duration.ts";
import { classifyError } from "../policy/observe/classify-error.ts";
import {
  AccessDeniedError,
  isAccessDeniedError,
  isStartUnknownError,
  type StartUnknownError,
  type TaskFailedError,
  WaitTimeoutError,
} from "../task/errors.ts";
import type { Outcome, OutcomeOf } from "../task/outcome.ts";
import { printable } from "../task/printable.ts";
import type { Task } from "../task/task.ts";
import type { RunCheckpoint } from "./run-state.ts";

/** How a run ended: as its last wait did, or without a task. */
export type RunOutcome<T extends Task = Task> =
  | Outcome<T>
  /** Whether a task was started could not be found out. */
  | { readonly kind: "startUnknown"; readonly task?: undefined; readonly error: StartUnknownError }
  /** The start was refused; `error` is what it threw, untouched. */
  | { readonly kind: "notStarted"; readonly task?: undefined; readonly error: unknown };

/** The ways a run can end. */
export type RunOutcomeKind = RunOutcome["kind"];

/** How a run ends whose start was refused, or has become unclear. */
export function outcomeOfRefusal(error: unknown): RunOutcome {
  if (isStartUnknownError(error)) {
    return { kind: "startUnknown", error };
  }
  if (isAccessDeniedError(error)) {
    return { kind: "denied", error };
  }
  if (classifyError(error) === "denied" && error instanceof Error) {
    const message = `not allowed to start a task: ${printable(error.message)}`;
    return { kind: "denied", error: new AccessDeniedError(message, { cause: error }) };
  }
  return { kind: "notStarted", error };
}

/** How a run ends whose time was up while it had no task to wait for. */
export function timedOutRun(
  state: RunCheckpoint,
  nowMs: number,
  lastFailure: TaskFailedError | undefined,
): RunOutcome {
  const elapsedMs = Math.max(0, nowMs - state.runStartedAtMs);
  const what =
    state.sentAtMs === undefined
      ? "no task of it was running"
      : "a start was under way, and may have started a task";
  const message = `gave up after ${formatDurationMs(elapsedMs)}, in attempt ${state.attempt}: ${what}`;
  const cause = lastFailure === undefined ? {} : { cause: lastFailure };
  return { kind: "timedOut", error: new WaitTimeoutError(message, { elapsedMs, ...cause }) };
}

/** An attempt whose task failed because the service was busy, while another may follow. */
export class BusyAttempt extends Error {
  override readonly name = "BusyAttempt";
  readonly outcome: OutcomeOf<"failed">;

  constructor(outcome: OutcomeOf<"failed">) {
    super("the service was busy");
    this.outcome = outcome;
  }
}
