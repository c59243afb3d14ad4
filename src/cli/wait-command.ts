import process from "node:process";
import type { Command } from "commander";
import { clientOptionsOf, logCalls, withClient } from "./account.ts";
import type { AccountFlags } from "./account-flags.ts";
import { readCheckpoints } from "./checkpoint-file.ts";
import { Interruption } from "./interruption.ts";
import { gatherTaskIds, refuseMistypedCommand } from "./task-ids.ts";
import { UsageError } from "./usage-error.ts";
import type { WaitFlags } from "./wait-flags.ts";
import { runWaits } from "./wait-run.ts";
import { callTimeoutOf } from "./wait-settings.ts";

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
