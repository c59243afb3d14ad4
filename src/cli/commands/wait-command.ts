import process from "node:process";
import type { Command } from "commander";
import { UsageError } from "../errors/usage-error.ts";
import { fileError } from "../files/file-error.ts";
import { clientOptionsOf, logCalls, withClient } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { gatherTaskIds, refuseMistypedCommand } from "../flags/task-ids.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { waitSettingsOf } from "../flags/wait-settings.ts";
import { CallCount } from "../progress/call-count.ts";
import { CheckpointFile, readCheckpoint } from "../waiting/checkpoint-file.ts";
import { type CheckpointFrame, isFinal, isOver } from "../waiting/checkpoint-frame.ts";
import type { Interruption } from "../waiting/interruption.ts";
import { runWaits } from "../waiting/wait-run.ts";

/** `taskwait wait <id...>`, and `taskwait <id...>`. */
export async function waitCommand(
  words: readonly string[],
  flags: WaitFlags & AccountFlags,
  command: Command,
  interruption: Interruption,
): Promise<number> {
  if (command.parent?.args[0] !== command.name()) {
    refuseMistypedCommand(words, command.parent?.commands.map((other) => other.name()) ?? []);
  }
  const settings = waitSettingsOf(flags);
  const resumed = flags.resume === undefined ? undefined : readCheckpoint("--resume", flags.resume);
  const named = await gatherTaskIds(words, process.stdin);
  const taskIds =
    named.length === 0 && resumed !== undefined ? resumed.waits.map(({ taskId }) => taskId) : named;
  if (taskIds.length === 0) {
    throw new UsageError(
      resumed === undefined
        ? "no task id given: taskwait <id...>, or - to read them from standard input"
        : "--resume: the file holds a start that has no task yet: run the same taskwait start again",
    );
  }
  const file = flags.checkpoint === undefined ? undefined : openFile(flags.checkpoint, taskIds, resumed);
  try {
    const calls = new CallCount();
    const log = logCalls(flags.verbose, (record) => calls.note(record));
    const options = { ...clientOptionsOf(flags), ...log, ...settings.callTimeout };
    return await withClient(options, (client) =>
      runWaits({
        taskIds,
        client,
        calls,
        flags,
        settings,
        command,
        interruption,
        file,
        resumed,
      }),
    );
  } finally {
    file?.close();
  }
}

/** The file of `--checkpoint`, unless it holds an unfinished wait for something else. */
function openFile(
  path: string,
  taskIds: readonly string[],
  resumed: CheckpointFrame | undefined,
): CheckpointFile {
  const file = new CheckpointFile("--checkpoint", path);
  const lost = file.kept === undefined ? undefined : whatWouldBeLost(file.kept, taskIds, resumed);
  if (lost !== undefined) {
    file.close();
    throw fileError("--checkpoint", path, `holds ${lost} that has not ended: name another file`);
  }
  return file;
}

function whatWouldBeLost(
  kept: CheckpointFrame,
  taskIds: readonly string[],
  resumed: CheckpointFrame | undefined,
): string | undefined {
  if (kept.start !== undefined && resumed?.start === undefined && !isOver(kept)) {
    return "a start";
  }
  const isLost = kept.waits.some((wait) => !isFinal(wait) && !taskIds.includes(wait.taskId));
  return isLost ? "another wait" : undefined;
}
