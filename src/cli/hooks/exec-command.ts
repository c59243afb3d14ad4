import process from "node:process";
import { type Outcome, printable } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { printError } from "../terminal/messages.ts";
import { runShell } from "./shell-command.ts";

// Linux takes no variable longer than 128 KiB.
const MAX_RESULT_BYTES = 100_000;
// A command that runs taskwait would run itself; nor is it its business who may sign for us.
const NOT_PASSED_ON = ["TASKWAIT_EXEC", "TASKWAIT_WEBHOOK_SECRET"];

/**
 * Runs the command of `--exec` for a task that has ended. The command is the user's, as it was typed; what we know of
 * the task is in its environment alone, so no shell reads it.
 *
 * @param signal - Ends it.
 * @returns Whether it exited with 0; else that is said.
 */
export async function execCommand(
  command: string,
  taskId: string,
  outcome: Outcome,
  signal: AbortSignal,
): Promise<boolean> {
  const failure = await runShell(command, environmentFor(taskId, outcome), signal).catch(describeError);
  if (failure !== undefined) {
    printError(`--exec failed after ${printable(taskId)}: ${failure}`);
  }
  return failure === undefined;
}

function environmentFor(taskId: string, outcome: Outcome): NodeJS.ProcessEnv {
  const result = resultOf(outcome);
  const isTooLong = Buffer.byteLength(result) > MAX_RESULT_BYTES;
  if (isTooLong) {
    printError(
      `warning: the result of ${printable(taskId)} is too long for --exec: TASKWAIT_RESULT is not set`,
    );
  }
  const values = {
    TASKWAIT_ID: taskId,
    TASKWAIT_STATUS: outcome.task?.taskStatus ?? "",
    TASKWAIT_OUTCOME: outcome.kind,
    ...(isTooLong ? {} : { TASKWAIT_RESULT: result }),
  };
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of [...NOT_PASSED_ON, "TASKWAIT_RESULT"]) {
    delete env[name];
  }
  for (const [name, value] of Object.entries(values)) {
    // No variable can hold it.
    env[name] = value.replaceAll("\0", "");
  }
  return env;
}

/** As the service sent it; of a task that did not complete, why. */
function resultOf(outcome: Outcome): string {
  if (outcome.kind === "complete") {
    return outcome.task.taskResult ?? "";
  }
  return outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
}
