import type { Command } from "commander";
import { shellLine } from "../terminal/shell-words.ts";

/** Flags of `taskwait start` that say what to start, not how to wait. */
const START_ONLY: ReadonlySet<string> = new Set(["resourceType", "resourceArn", "ruleId", "wait"]);

/**
 * The command line that goes on waiting for the given tasks as the given command did, ready to be pasted into a
 * shell.
 *
 * @param command - The command that ran, with its flags parsed.
 * @param taskIds - The tasks that have not ended.
 * @param environment - Tells whether `npx` started us.
 */
export function resumeCommand(
  command: Command,
  taskIds: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const words = environment["npm_command"] === "exec" ? ["npx", "taskwait"] : ["taskwait"];
  words.push("wait", ...taskIds);
  const checkpoint = command.getOptionValue("checkpoint");
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    const given = command.getOptionValueSource(name) === "cli";
    if (!given || START_ONLY.has(name) || (name === "resume" && checkpoint !== undefined)) {
      continue;
    }
    if (typeof value === "string") {
      words.push(option.long ?? "", value);
    } else if (option.negate ? value === false : value === true) {
      words.push(option.long ?? "");
    }
  }
  if (typeof checkpoint === "string") {
    words.push("--resume", checkpoint);
  }
  return shellLine(words);
}
