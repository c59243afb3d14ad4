import type { Command } from "commander";
import {
  type BdrcClient,
  classifyError,
  isBdrcApiError,
  isProtocolError,
  isUnreachableError,
} from "../index.ts";
import { clientOptionsOf, logCalls, withClient } from "./account.ts";
import type { AccountFlags } from "./account-flags.ts";
import { describeError } from "./describe-error.ts";
import { EXIT } from "./exit-code.ts";
import { findStarted, type RunningBefore, runningBefore } from "./find-started.ts";
import { Interruption } from "./interruption.ts";
import { complain, writeOut } from "./output.ts";
import { patiently } from "./patience.ts";
import type { WaitFlags } from "./wait-flags.ts";
import { runWaits } from "./wait-run.ts";
import { callTimeoutOf } from "./wait-settings.ts";

/** What can be started. */
export type StartKind = "update-resources" | "check-rules";

/** The flags of `taskwait start` that are not those of a wait. */
export interface StartFlags {
  readonly resourceType?: string;
  readonly resourceArn?: string;
  readonly ruleId?: string;
  readonly wait: boolean;
}

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
          complain(`started ${taskId}`);
        }
        return await runWaits({ taskIds: [taskId], client, flags, command, interruption });
      },
    );
  } catch (error) {
    if (interruption.exitCode === undefined) {
      throw error;
    }
    complain(`stopped by ${interruption.signalName}; the task may have been started: see taskwait list`);
    return interruption.exitCode;
  } finally {
    interruption.release();
  }
}

/** The id of the task that was started; undefined when that could not be found out. */
async function start(
  client: BdrcClient,
  kind: StartKind,
  flags: StartFlags,
  signal: AbortSignal,
): Promise<string | undefined> {
  const taskType = TASK_TYPES[kind];
  const before = await runningBefore(client, taskType, signal);
  try {
    // What was throttled has not been started, so that it can be asked for again.
    const { taskId } = await patiently(() => callStart(client, kind, flags, signal), signal, ["throttled"]);
    return taskId;
  } catch (error) {
    if (signal.aborted || !mayHaveStarted(error)) {
      throw error;
    }
    complain(`it is unclear whether the task was started: ${describeError(error)}`);
    return await adopt(client, before, signal);
  }
}

async function callStart(
  client: BdrcClient,
  kind: StartKind,
  { resourceType, resourceArn = "", ruleId }: StartFlags,
  signal: AbortSignal,
): Promise<{ readonly taskId: string }> {
  return kind === "update-resources"
    ? await client.updateResources(resourceType === undefined ? {} : { resourceType }, { signal })
    : await client.checkRules({ resourceArn, ...(ruleId === undefined ? {} : { ruleId }) }, { signal });
}

/** No answer, one that can't be read, a fault of the server: it may have been done all the same. */
function mayHaveStarted(error: unknown): boolean {
  return (
    isUnreachableError(error) ||
    isProtocolError(error) ||
    (isBdrcApiError(error) &&
      (error.apiCode === "SignatureNonceUsed" ||
        (error.httpStatus >= 500 && classifyError(error) === "transient")))
  );
}

async function adopt(
  client: BdrcClient,
  before: RunningBefore,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await findStarted(client, before, signal).catch((error: unknown) => {
    if (signal.aborted) {
      throw error;
    }
    complain(`the listing can't be read either: ${describeError(error)}`);
    return undefined;
  });
  if (found?.length === 1 && found[0] !== undefined) {
    complain(`the listing shows one new ${before.taskType} task, ${found[0]}: taking that for it`);
    return found[0];
  }
  const what =
    found === undefined || found.length === 0
      ? "the listing shows no new task"
      : `the listing shows ${found.length} new tasks (${found.slice(0, 5).join(", ")}), any of which may be it`;
  complain(`${what}. Nothing was started a second time. See: taskwait list --type ${before.taskType}`);
  return undefined;
}
