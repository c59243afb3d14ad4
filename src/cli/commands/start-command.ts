import type { Command } from "commander";
import {
  type BdrcClient,
  checkRules,
  describeAccount,
  MAX_ATTEMPTS,
  parseDurationMs,
  type TaskStart,
  updateResources,
} from "../../index.ts";
import { loadQuery } from "../apis/result-query.ts";
import { badValue, UsageError } from "../errors/usage-error.ts";
import { fileError } from "../files/file-error.ts";
import { clientOptionsOf, logCalls, withClient } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import type { HookFlags } from "../flags/hook-flags.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { waitSettingsOf } from "../flags/wait-settings.ts";
import { Hooks } from "../hooks/hooks.ts";
import { CallCount } from "../progress/call-count.ts";
import { printError } from "../terminal/messages.ts";
import { CheckpointFile } from "../waiting/checkpoint-file.ts";
import { type CheckpointFrame, isOver, type StartLine } from "../waiting/checkpoint-frame.ts";
import type { Interruption } from "../waiting/interruption.ts";
import { runStart } from "../waiting/start-run.ts";

/** What can be started. */
export type StartKind = "update-resources" | "check-rules";

/** The flags of `taskwait start` that are not those of a wait. */
export interface StartFlags {
  readonly resourceType?: string;
  readonly resourceArn?: string;
  readonly ruleId?: string;
  readonly attempts?: string;
  readonly state?: string;
  readonly renewAfter?: string;
  readonly wait: boolean;
}

/** `taskwait start …`: starts a task, or goes on with the one in the file, then waits for it. */
export async function startCommand(
  kind: StartKind,
  flags: StartFlags & WaitFlags & HookFlags & AccountFlags,
  command: Command,
  interruption: Interruption,
): Promise<number> {
  const settings = { ...waitSettingsOf(flags), ...(await loadQuery(flags)) };
  if (settings.resolved.timeoutMs === 0) {
    throw new UsageError("--timeout must be more than 0 for a start; --no-wait starts and doesn't wait");
  }
  const attempts = parseAttempts(flags.attempts);
  const renewAfterMs = parseRenewAfter(flags);
  const line = { action: kind, parameters: parametersOf(flags) };
  const named = fileOf(flags);
  const file = named === undefined ? undefined : new CheckpointFile(named.flag, named.path);
  try {
    const resumed =
      file?.kept === undefined || named === undefined
        ? undefined
        : unlessOld(ofThisStart(file.kept, line, named), renewAfterMs);
    if (resumed !== undefined && isOver(resumed) && resumed.waits.length > 0 && !flags.quiet) {
      printError(
        "the task of this file has ended; without the file, or with --renew-after, a new one is started",
      );
    }
    const hooks = new Hooks(flags, interruption.signal, resumed?.done ?? []);
    const calls = new CallCount();
    const log = logCalls(flags.verbose, (record) => calls.note(record));
    const options = { ...clientOptionsOf(flags), ...log, ...settings.callTimeout };
    return await withClient(options, async (client) =>
      runStart({
        start: startOf(client, kind, flags),
        line,
        client,
        calls,
        flags,
        settings,
        attempts,
        command,
        interruption,
        hooks,
        file,
        account: file === undefined ? undefined : await accountOf(flags),
        resumed,
      }),
    );
  } finally {
    file?.close();
  }
}

/** Undefined where it can't be told: then the start itself says why. */
async function accountOf(flags: AccountFlags): Promise<string | undefined> {
  try {
    const { credentialSource, endpoint } = await describeAccount(clientOptionsOf(flags));
    return `${credentialSource} at ${endpoint}`;
  } catch {
    return undefined;
  }
}

interface NamedFile {
  readonly flag: string;
  readonly path: string;
}

function fileOf({
  state,
  checkpoint,
}: Pick<StartFlags & WaitFlags, "state" | "checkpoint">): NamedFile | undefined {
  const path = state ?? checkpoint;
  return path === undefined ? undefined : { flag: state === undefined ? "--checkpoint" : "--state", path };
}

/**
 * What the file holds of this start; nothing, when it holds something else that has ended.
 *
 * @throws {@link UsageError} when that has not ended.
 */
function ofThisStart(
  kept: CheckpointFrame,
  line: StartLine,
  { flag, path }: NamedFile,
): CheckpointFrame | undefined {
  if (kept.start !== undefined && sameLine(kept.start, line)) {
    return kept;
  }
  if (!isOver(kept)) {
    const what = kept.start === undefined ? "another wait" : "another start";
    throw fileError(flag, path, `holds ${what} that has not ended: name another file`);
  }
  return undefined;
}

/** Nothing of a start that has ended and began longer ago than this: it is time for the next. */
function unlessOld(
  frame: CheckpointFrame | undefined,
  renewAfterMs: number | undefined,
): CheckpointFrame | undefined {
  const beganAtMs = frame?.run?.runStartedAtMs;
  const isOld =
    beganAtMs !== undefined && renewAfterMs !== undefined && Date.now() >= beganAtMs + renewAfterMs;
  return frame !== undefined && isOld && isOver(frame) ? undefined : frame;
}

function parseRenewAfter({ renewAfter }: StartFlags): number | undefined {
  return renewAfter === undefined ? undefined : parseDurationMs(renewAfter, "--renew-after");
}

function sameLine(one: StartLine, other: StartLine): boolean {
  const key = ({ action, parameters }: StartLine): string =>
    JSON.stringify([action, Object.entries(parameters).sort()]);
  return key(one) === key(other);
}

function parametersOf({ resourceType, resourceArn, ruleId }: StartFlags): StartLine["parameters"] {
  return {
    ...(resourceType === undefined ? {} : { resourceType }),
    ...(resourceArn === undefined ? {} : { resourceArn }),
    ...(ruleId === undefined ? {} : { ruleId }),
  };
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

function parseAttempts(text = "1"): number {
  const attempts = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (attempts < 1 || attempts > MAX_ATTEMPTS) {
    throw badValue("--attempts", `must be a whole number from 1 to ${MAX_ATTEMPTS}`, text);
  }
  return attempts;
}
