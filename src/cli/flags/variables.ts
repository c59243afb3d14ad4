import process from "node:process";
import { Command, type Option } from "commander";
import { badValue } from "../errors/usage-error.ts";
import { repeated } from "./repeated.ts";

// What --exec tells its command under this name is no default for a flag.
const TAKEN: ReadonlySet<string> = new Set(["TASKWAIT_STATUS"]);
const YES = /^(?:1|true|yes|on)$/i;
const NO = /^(?:0|false|no|off)$/i;

/** The variable that holds a flag's default: `TASKWAIT_LOG_INTERVAL` of `--log-interval`. */
export function variableOf({ long, hidden }: Pick<Option, "long" | "hidden">): string | undefined {
  if (long == null || hidden || long === "--version") {
    return undefined;
  }
  const name = `TASKWAIT_${long.slice(2).replaceAll("-", "_").toUpperCase()}`;
  return TAKEN.has(name) ? undefined : name;
}

/** A command whose flags take their defaults from variables. An empty variable counts as unset. */
export class CommandWithVariables extends Command {
  override createCommand(name?: string): CommandWithVariables {
    return new CommandWithVariables(name);
  }

  override addOption(option: Option): this {
    const name = variableOf(option);
    const value = name === undefined ? "" : (process.env[name] ?? "");
    // Of a flag without a value, commander asks only whether the variable is there.
    if (name !== undefined && value !== "" && (takesValue(option) || YES.test(value))) {
      option.env(name);
    }
    return super.addOption(option);
  }
}

/**
 * Reads the variables of the command that runs, as far as commander does not.
 *
 * @throws {@link UsageError} naming the variable, the rule and the value.
 */
export function readVariables(command: Command): void {
  for (const option of command.options) {
    const name = variableOf(option);
    if (name === undefined) {
      continue;
    }
    const value = process.env[name] ?? "";
    if (value !== "" && !takesValue(option) && !YES.test(value) && !NO.test(value)) {
      throw badValue(name, "must be 1 or 0", value);
    }
    const key = option.attributeName();
    if (option.parseArg === repeated && command.getOptionValueSource(key) === "env") {
      const lines = value.split(/\r?\n/).filter((line) => line !== "");
      command.setOptionValueWithSource(key, lines, "env");
    }
  }
}

/** What said a flag's value: the flag, or its variable. */
export function giverOf(command: Command, option: Option): string {
  const fromVariable = command.getOptionValueSource(option.attributeName()) === "env";
  return (fromVariable ? variableOf(option) : undefined) ?? option.long ?? "";
}

/** A message about flags, with the variable in the place of a flag whose value came from one. */
export function inVariableWords(message: string, command: Command): string {
  let words = message;
  for (const option of command.options) {
    const giver = giverOf(command, option);
    if (option.long != null && giver !== option.long) {
      words = words.replace(new RegExp(`(?<![\\w-])${option.long}(?![\\w-])`, "g"), giver);
    }
  }
  return words;
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}
