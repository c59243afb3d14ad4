import type { Command } from "commander";
import { shellLine } from "../terminal/shell-words.ts";

/** The URL of a receiver often is a secret, a command may hold one, and what is printed here is read by others. */
const UNTOLD: readonly string[] = ["notify", "notifyOn", "notifyTimeout", "exec"];

// Beyond it a command line is none that anybody can paste.
const MAX_NAMED_TASKS = 100;

/** Flags of `taskwait start` that say what to start, not how to wait. */
const START_ONLY: ReadonlySet<string> = new Set([
  "resourceType",
  "resourceArn",
  "ruleId",
  "wait",
  "attempts",
  "renewAfter",
  ...UNTOLD,
  "state",
]);

/**
 * The command line that goes on waiting for the given tasks as the given command did, ready to be pasted into a
 * shell. A start whose state is in a file goes on by the same line.
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
  const isStart = command.parent?.name() === "start";
  const file: unknown = command.getOptionValue("state") ?? command.getOptionValue("checkpoint");
  if (isStart && file !== undefined) {
    return shellLine([...words, "start", command.name(), ...givenFlags(command, new Set(UNTOLD))]);
  }
  const flags = [...givenFlags(command, isStart ? START_ONLY : left(file))];
  if (typeof file === "string" && command.getOptionValue("state") === undefined) {
    flags.push("--resume", file);
  }
  const ids = taskIds.length <= MAX_NAMED_TASKS ? taskIds : keepsWaits(command) ? [] : ["-"];
  return shellLine([...words, "wait", ...withIds(ids, flags)]);
}

/** Whether the file of the line that goes on names the tasks. */
function keepsWaits(command: Command): boolean {
  return ["checkpoint", "resume"].some((name) => command.getOptionValue(name) !== undefined);
}

/** What must be added to these command lines, such as `, with --exec as before`; else nothing. */
export function whatIsLeftOut(command: Command, taskIds: readonly string[]): string {
  const ids =
    taskIds.length > MAX_NAMED_TASKS && !keepsWaits(command) ? ", with their ids on standard input" : "";
  return `${ids}${untoldFlags(command)}`;
}

function untoldFlags(command: Command): string {
  const given = ["notify", "exec"].filter((name) => command.getOptionValueSource(name) === "cli");
  return given.length === 0 ? "" : `, with ${given.map((name) => `--${name}`).join(" and ")} as before`;
}

/** The given command line as `taskwait wait`, which takes any word for an id. */
export function waitCommandLine(command: Command, words: readonly string[]): string {
  return shellLine(["taskwait", "wait", ...withIds(words, givenFlags(command, new Set(UNTOLD)))]);
}

/** Ids first, but for those that would be read as flags. */
function withIds(taskIds: readonly string[], flags: readonly string[]): readonly string[] {
  return taskIds.some((id) => id.startsWith("-") && id !== "-")
    ? [...flags, "--", ...taskIds]
    : [...taskIds, ...flags];
}

/** A newer file takes the place of the one that was resumed from; tasks are named, not listed. */
function left(file: unknown): ReadonlySet<string> {
  return new Set([
    ...UNTOLD,
    "all",
    "status",
    "type",
    "allowEmpty",
    ...(file === undefined ? [] : ["resume"]),
  ]);
}

function givenFlags(command: Command, without: ReadonlySet<string>): readonly string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (command.getOptionValueSource(name) !== "cli" || without.has(name)) {
      return [];
    }
    if (typeof value === "string") {
      return [option.long ?? "", value];
    }
    if (Array.isArray(value)) {
      return value.flatMap((one) => [option.long ?? "", String(one)]);
    }
    return (option.negate ? value === false : value === true) ? [option.long ?? ""] : [];
  });
}
