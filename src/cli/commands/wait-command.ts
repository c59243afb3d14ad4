import process from "node:process";
import type { Command } from "commander";
import type { ApiFlags } from "../apis/api-flags.ts";
import { type NamedTask, nameTasks } from "../apis/named-tasks.ts";
import { sourcesOf } from "../apis/task-sources.ts";
import { UsageError } from "../errors/usage-error.ts";
import { fileError } from "../files/file-error.ts";
import { clientOptionsOf, logCalls } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { gatherTaskIds, refuseMistypedCommand } from "../flags/task-ids.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { waitSettingsOf } from "../flags/wait-settings.ts";
import { CallCount } from "../progress/call-count.ts";
import { CheckpointFile, readCheckpoint } from "../waiting/checkpoint-file.ts";
import { type CheckpointFrame, isFinal, isOver, labelOfCheckpoint } from "../waiting/checkpoint-frame.ts";
import type { Interruption } from "../waiting/interruption.ts";
import { runWaits } from "../waiting/wait-run.ts";

/** `taskwait wait <id...>`, and `taskwait <id...>`. */
export async function waitCommand(
  words: readonly string[],
  flags: WaitFlags & AccountFlags & ApiFlags,
  command: Command,
  interruption: Interruption,
): Promise<number> {
  if (command.parent?.args[0] !== command.name()) {
    refuseMistypedCommand(words, command.parent?.commands.map((other) => other.name()) ?? []);
  }
  const settings = waitSettingsOf(flags);
  const resumed = flags.resume === undefined ? undefined : readCheckpoint("--resume", flags.resume);
  const named = await gatherTaskIds(words, process.stdin);
  const taskIds = named.length === 0 && resumed !== undefined ? resumed.waits.map(labelOfCheckpoint) : named;
  if (taskIds.length === 0) {
    throw new UsageError(
      resumed === undefined
        ? "no task id given: taskwait <id...>, or - to read them from standard input"
        : "--resume: the file holds a start that has no task yet: run the same taskwait start again",
    );
  }
  const tasks = await nameTasks(taskIds, flags);
  const file = flags.checkpoint === undefined ? undefined : openFile(flags.checkpoint, tasks, resumed);
  try {
    const calls = new CallCount();
    const log = logCalls(flags.verbose, (record) => calls.note(record));
    const options = { ...clientOptionsOf(flags), ...log, ...settings.callTimeout };
    const sources = await sourcesOf(tasks, options, flags);
    try {
      const { tasks } = sources;
      return await runWaits({ tasks, calls, flags, settings, command, interruption, file, resumed });
    } finally {
      await sources.close();
    }
  } finally {
    file?.close();
  }
}

/** The file of `--checkpoint`, unless it holds an unfinished wait for something else. */
function openFile(
  path: string,
  tasks: readonly NamedTask[],
  resumed: CheckpointFrame | undefined,
): CheckpointFile {
  const file = new CheckpointFile("--checkpoint", path);
  const lost = file.kept === undefined ? undefined : whatWouldBeLost(file.kept, tasks, resumed);
  if (lost !== undefined) {
    file.close();
    throw fileError("--checkpoint", path, `holds ${lost} that has not ended: name another file`);
  }
  return file;
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
