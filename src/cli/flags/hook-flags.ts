import type { Command } from "commander";
import { repeated } from "./repeated.ts";

/** The flags about what follows a task's end, as commander gives them. */
export interface HookFlags {
  readonly notify?: readonly string[];
  readonly notifyOn?: string;
  readonly notifyTimeout?: string;
  readonly exec?: string;
}

/** Adds `--notify`, its like, and `--exec`. */
export function addHookFlags(command: Command): Command {
  return command
    .option("--notify <url>", "post a signed event when a task has ended; may be repeated", repeated)
    .option("--notify-on <events>", "what to post: settled,status (default: settled)")
    .option("--notify-timeout <duration>", "try to post an event for so long (default: 1m)")
    .option("--exec <command>", "run this after each task, with TASKWAIT_ID, _STATUS, _OUTCOME, _RESULT set");
}
