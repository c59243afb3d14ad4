import type { Command } from "commander";
import {
  type BdrcClient,
  checkRules,
  DEFAULT_WAIT_OPTIONS,
  formatDurationMs,
  isStartUnknownError,
  startTask,
  type TaskStart,
  updateResources,
} from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { EXIT } from "../errors/exit-code.ts";
import { clientOptionsOf, logCalls, withClient } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { callTimeoutOf, waitOptionsOf } from "../flags/wait-settings.ts";
import { printError, writeOut } from "../terminal/output.ts";
import { Interruption } from "../waiting/interruption.ts";
import { runWaits } from "../waiting/wait-run.ts";

/** What can be started. */
export type StartKind = "update-resources" | "check-rules";

/** The flags of `taskwait start` that are not those of a wait. */
export interface StartFlags {
  readonly resourceType?: string;
  readonly resourceArn?: string;
  readonly ruleId?: string;
  readonly wait: boolean;
}

const MAX_TIMER_MS = 2 ** 31 - 1;
const TASK_TYPES = { "update-resources": "UPDATE_RESOURCES", "check-rules": "CHECK_RULES" } as const;

/** `taskwait start …`: starts a task, then waits for it. */
export async function startCommand(
  kind: StartKind,
  flags: StartFlags & WaitFlags & AccountFlags,
  command: Command,
): Promise<number> {
  const interruption = new Interruption();
  const { signal } = interruption;
  try {
    return await withClient(
      { ...clientOptionsOf(flags), ...logCalls(flags.verbose), ...callTimeoutOf(flags) },
      async (client) => {
        const taskId = await start(client, kind, flags, signal);
        if (taskId === undefined) {
          return EXIT.unreachable;
        }
        if (!flags.wait) {
          writeOut(`${taskId}\n`);
          return EXIT.complete;
        }
        if (!flags.quiet) {
          printError(`started ${taskId}`);
        }
        return await runWaits({ taskIds: [taskId], client, flags, command, interruption });
      },
    );
  } catch (error) {
    if (interruption.exitCode === undefined) {
      throw error;
    }
    printError(`stopped by ${interruption.signalName}; the task may have been started: see taskwait list`);
    return interruption.exitCode;
  } finally {
    interruption.release();
  }
}

/** The id of the task that was started; undefined when that could not be found out. */
async function start(
  client: BdrcClient,
  kind: StartKind,
  flags: StartFlags & WaitFlags,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Not AbortSignal.timeout: in Node 20 it may be collected as garbage before its time, and then never aborts.
  const patience = new AbortController();
  const patienceMs = waitOptionsOf(flags).outageBudgetMs ?? DEFAULT_WAIT_OPTIONS.outageBudgetMs;
  const timer = setTimeout(() => patience.abort(), Math.min(MAX_TIMER_MS, patienceMs));
  let notTaken: Error | undefined;
  try {
    const { taskId, adopted } = await startTask(startOf(client, kind, flags), {
      signal: AbortSignal.any([signal, patience.signal]),
      onRetry: (error, delayMs) => {
        notTaken = error;
        if (!flags.quiet) {
          printError(`not started: ${describeError(error)}; asking again in ${formatDurationMs(delayMs)}`);
        }
      },
    });
    if (adopted) {
      printError(`the answer got lost; the listing shows one new task, ${taskId}: taking that for it`);
    }
    return taskId;
  } catch (error) {
    if (signal.aborted || !(isStartUnknownError(error) || patience.signal.aborted)) {
      throw error;
    }
    printError(
      patience.signal.aborted && notTaken !== undefined
        ? `nothing was started: ${describeError(notTaken)}`
        : `${describeError(error)}. See: taskwait list --type ${TASK_TYPES[kind]}`,
    );
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function startOf(
  client: BdrcClient,
  kind: StartKind,
  { resourceType, resourceArn = "", ruleId }: StartFlags,
): TaskStart {
  return kind === "update-resources"
    ? updateResources(client, resourceType === undefined ? {} : { resourceType })
    : checkRules(client, { resourceArn, ...(ruleId === undefined ? {} : { ruleId }) });
}
