import type { Command } from "commander";
import type { BdrcClientOptions } from "../../index.ts";
import type { ApiFlags } from "../apis/api-flags.ts";
import { type NamedTask, nameTasks } from "../apis/named-tasks.ts";
import { loadQuery } from "../apis/result-query.ts";
import { sourcesOf } from "../apis/task-sources.ts";
import { exitCodeOfError } from "../errors/error-exit-code.ts";
import { EXIT } from "../errors/exit-code.ts";
import { UsageError } from "../errors/usage-error.ts";
import { fileError } from "../files/file-error.ts";
import { readStandardInput } from "../files/standard-input.ts";
import { clientOptionsOf, logCalls } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import type { HookFlags } from "../flags/hook-flags.ts";
import { gatherTaskIds, refuseMistypedCommand } from "../flags/task-ids.ts";
import { taskQueryOf } from "../flags/task-query.ts";
import type { TaskQueryFlags } from "../flags/task-query-flags.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { type WaitSettings, waitSettingsOf } from "../flags/wait-settings.ts";
import { Hooks } from "../hooks/hooks.ts";
import { CallCount } from "../progress/call-count.ts";
import { printError } from "../terminal/messages.ts";
import { makeResultWriter, type WaitSummary } from "../terminal/result-writer.ts";
import { writeOut } from "../terminal/standard-output.ts";
import { CheckpointFile, readCheckpoint } from "../waiting/checkpoint-file.ts";
import { type CheckpointFrame, isFinal, isOver, labelOfCheckpoint } from "../waiting/checkpoint-frame.ts";
import type { Interruption } from "../waiting/interruption.ts";
import { listedTaskIds } from "../waiting/listed-tasks.ts";
import { waitCommandLine, whatIsLeftOut } from "../waiting/resume-command.ts";
import { runWaits } from "../waiting/wait-run.ts";

type WaitCommandFlags = WaitFlags & HookFlags & TaskQueryFlags & AccountFlags & ApiFlags;

/** `taskwait wait <id...>`, and `taskwait <id...>`. */
export async function waitCommand(
  words: readonly string[],
  flags: WaitCommandFlags,
  command: Command,
  interruption: Interruption,
): Promise<number> {
  // An API that is named for bare ids says that they are ids.
  if (command.parent?.args[0] !== command.name() && command.getOptionValueSource("api") !== "cli") {
    const commands = command.parent?.commands.map((other) => other.name()) ?? [];
    const asWait = `${waitCommandLine(command, words)}${whatIsLeftOut(command, [])}`;
    refuseMistypedCommand(words, commands, asWait);
  }
  const settings = { ...waitSettingsOf(flags), ...(await loadQuery(flags)) };
  const resumed =
    flags.resume === undefined
      ? undefined
      : await readCheckpoint("--resume", flags.resume, interruption.signal);
  if (flags.all && words.length > 0) {
    throw new UsageError("--all can't be used together with task ids");
  }
  const calls = new CallCount();
  const log = logCalls(flags.verbose, (record) => calls.note(record));
  const options = { ...clientOptionsOf(flags), ...log, ...settings.callTimeout };
  const hooks = new Hooks(flags, interruption.signal, resumed?.done ?? []);
  const named = flags.all ? [] : await namedTaskIds(words, flags, resumed);
  const file =
    flags.checkpoint === undefined ? undefined : new CheckpointFile("--checkpoint", flags.checkpoint);
  try {
    const beganMs = performance.now();
    const taskIds = flags.all ? await listedOrEnd(flags, options, settings, interruption) : named;
    const usedMs = flags.all ? performance.now() - beganMs : 0;
    if (taskIds.length === 0) {
      if (!flags.quiet) {
        printError("no task to wait for");
      }
      return endWithoutTasks(flags, EXIT.complete);
    }
    // Ids of the listing are BDRC's, whatever they look like: the service must not choose whom we call.
    const tasks: readonly NamedTask[] = flags.all
      ? taskIds.map((taskId) => ({ label: taskId, taskId }))
      : await nameTasks(taskIds, flags, interruption.signal);
    refuseLoss(file, tasks, resumed, flags.checkpoint);
    const sources = await sourcesOf(tasks, options, flags);
    try {
      const { tasks } = sources;
      return await runWaits({
        tasks,
        calls,
        flags,
        settings,
        usedMs,
        command,
        interruption,
        hooks,
        file,
        resumed,
      });
    } finally {
      await sources.close();
    }
  } finally {
    file?.close();
  }
}

async function namedTaskIds(
  words: readonly string[],
  flags: WaitCommandFlags,
  resumed: CheckpointFrame | undefined,
): Promise<readonly string[]> {
  const allowEmpty = flags.allowEmpty === true;
  const named = await gatherTaskIds(words, readStandardInput, allowEmpty);
  const taskIds = named.length === 0 && resumed !== undefined ? resumed.waits.map(labelOfCheckpoint) : named;
  if (taskIds.length === 0 && !allowEmpty) {
    throw new UsageError(
      resumed === undefined
        ? "no task id given: taskwait <id...>, or - to read them from standard input"
        : "--resume: the file holds a start that has no task yet: run the same taskwait start again",
    );
  }
  return taskIds;
}

/** The ids of the listing; when there is none to be had, that is the result. */
async function listedOrEnd(
  flags: WaitCommandFlags,
  options: BdrcClientOptions,
  settings: WaitSettings,
  interruption: Interruption,
): Promise<readonly string[]> {
  try {
    return await listedTaskIds(taskQueryOf(flags), options, settings, interruption.signal);
  } catch (error) {
    const exitCode = interruption.exitCode ?? exitCodeOfError(error);
    const outcome = interruption.exitCode === undefined ? NO_LISTING.get(exitCode) : "aborted";
    endWithoutTasks(flags, exitCode, { outcome: outcome ?? "unreachable", error });
    throw error;
  }
}

const NO_LISTING: ReadonlyMap<number, string> = new Map([
  [EXIT.timedOut, "timedOut"],
  [EXIT.denied, "denied"],
]);

function endWithoutTasks(
  flags: WaitCommandFlags,
  exitCode: number,
  withoutTask?: WaitSummary["withoutTask"],
): number {
  const write = (line: string): void => writeOut(`${line}\n`);
  makeResultWriter(flags.output, write, Date.now).end({
    exitCode,
    waitedMs: 0,
    calls: 0,
    results: [],
    ...(withoutTask === undefined ? {} : { withoutTask }),
  });
  return exitCode;
}

/** @throws {@link UsageError} when the file of `--checkpoint` holds an unfinished wait for something else. */
function refuseLoss(
  file: CheckpointFile | undefined,
  tasks: readonly NamedTask[],
  resumed: CheckpointFrame | undefined,
  path = "",
): void {
  const lost = file?.kept === undefined ? undefined : whatWouldBeLost(file.kept, tasks, resumed);
  if (lost !== undefined) {
    throw fileError("--checkpoint", path, `holds ${lost} that has not ended: name another file`);
  }
}

function whatWouldBeLost(
  kept: CheckpointFrame,
  tasks: readonly NamedTask[],
  resumed: CheckpointFrame | undefined,
): string | undefined {
  if (kept.start !== undefined && resumed?.start === undefined && !isOver(kept)) {
    return "a start";
  }
  const isLost = kept.waits.some(
    (wait) =>
      !isFinal(wait) &&
      !tasks.some(({ api, taskId }) => taskId === wait.taskId && api?.name === wait.api?.name),
  );
  return isLost ? "another wait" : undefined;
}
