import type { Command } from "commander";

/** The flags that say which tasks of the account, as commander gives them. */
export interface TaskQueryFlags {
  readonly status?: string;
  readonly type?: string;
}

/** Adds `--status` and `--type`. */
export function addTaskQueryFlags(command: Command, when = ""): Command {
  return command
    .option("--status <status>", `${when}only tasks in this state, such as RUNNING`)
    .option("--type <type>", `${when}only tasks of this type, such as UPDATE_RESOURCES`);
}
