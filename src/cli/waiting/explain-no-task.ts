import type { RunOutcome, TaskRun } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { exitCodeOfError } from "../errors/error-exit-code.ts";
import { EXIT, exitCodeOf } from "../errors/exit-code.ts";
import { inFlagWords } from "../flags/wait-settings.ts";
import type { Interruption } from "./interruption.ts";
import type { StartPhase } from "./start-phase.ts";

/** How a start has ended that came to no task. */
export interface NoTaskEnd {
  /** `notStarted`, `startUnknown`, `aborted`, `timedOut` or `denied`. */
  readonly outcome: string;
  readonly exitCode: number;
  readonly message: string;
  readonly error: unknown;
}

/** Says why there is no task, as far as that is known. */
export function explainNoTask(run: {
  readonly task: TaskRun;
  readonly outcome: RunOutcome;
  readonly phase: StartPhase;
  readonly interruption: Interruption;
  readonly taskType: string | undefined;
  /** A file holds the start. */
  readonly isKept: boolean;
}): NoTaskEnd {
  const { interruption, outcome, phase, task } = run;
  const error = outcome.kind === "complete" ? undefined : outcome.error;
  const hint = run.isKept
    ? "The same line again goes on from there"
    : `See: taskwait list --type ${run.taskType}`;
  switch (outcome.kind) {
    case "startUnknown":
      return {
        outcome: outcome.kind,
        exitCode: EXIT.unreachable,
        message: `${describeError(error)}. ${hint}`,
        error,
      };
    case "notStarted":
      return {
        outcome: outcome.kind,
        exitCode: exitCodeOfError(error),
        message: `nothing was started: ${inFlagWords(describeError(error))}`,
        error,
      };
    case "aborted":
      return phase.isGivenUp ? givenUp(phase, error, hint) : stopped(interruption, task, error, hint);
    default:
      return { outcome: outcome.kind, exitCode: exitCodeOf(outcome), message: describeError(error), error };
  }
}

function givenUp({ notTaken }: StartPhase, error: unknown, hint: string): NoTaskEnd {
  const exitCode = EXIT.unreachable;
  return notTaken === undefined
    ? { outcome: "startUnknown", exitCode, message: `${describeError(error)}. ${hint}`, error }
    : {
        outcome: "notStarted",
        exitCode,
        message: `nothing was started: ${describeError(notTaken)}`,
        error: notTaken,
      };
}

function stopped(interruption: Interruption, task: TaskRun, error: unknown, hint: string): NoTaskEnd {
  const by = `stopped by ${interruption.signalName ?? "its reader"}`;
  const wasSent = task.checkpoint().sentAtMs !== undefined;
  return {
    outcome: "aborted",
    exitCode: interruption.exitCode ?? EXIT.interrupted,
    message: wasSent ? `${by}; the task may have been started. ${hint}` : `${by}; nothing was started`,
    error,
  };
}
