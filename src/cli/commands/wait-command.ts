import process from "node:process";
import type { Command } from "commander";
import { UsageError } from "../errors/usage-error.ts";
import { clientOptionsOf, logCalls, withClient } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { gatherTaskIds, refuseMistypedCommand } from "../flags/task-ids.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { callTimeoutOf } from "../flags/wait-settings.ts";
import { readCheckpoints } from "../waiting/checkpoint-file.ts";
import { Interruption } from "../waiting/interruption.ts";
import { runWaits } from "../waiting/wait-run.ts";

/** `taskwait wait <id...>`, and `taskwait <id...>`. */
export async function waitCommand(
  words: readonly string[],
  flags: WaitFlags & AccountFlags,
  command: Command,
): Promise<number> {
  if (command.parent?.args[0] !== command.name()) {
    refuseMistypedCommand(words, command.parent?.commands.map((other) => other.name()) ?? []);
  }
  const checkpoints = flags.resume === undefined ? undefined : readCheckpoints(flags.resume);
  const named = await gatherTaskIds(words, process.stdin);
  const taskIds = named.length === 0 && checkpoints !== undefined ? [...checkpoints.keys()] : named;
  if (taskIds.length === 0) {
    throw new UsageError("no task id given: taskwait <id...>, or - to read them from standard input");
  }
  const interruption = new Interruption();
  try {
    return await withClient(
      { ...clientOptionsOf(flags), ...logCalls(flags.verbose), ...callTimeoutOf(flags) },
      (client) =>
        runWaits({
          taskIds,
          client,
          flags,
          command,
          interruption,
          ...(checkpoints === undefined ? {} : { checkpoints }),
        }),
    );
  } finally {
    interruption.release();
  }
}
