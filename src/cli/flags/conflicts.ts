import type { Command, Option } from "commander";
import { UsageError } from "../errors/usage-error.ts";
import { giverOf } from "./variables.ts";

/** Flags that can't both hold, by their names in code, and why. */
const CONFLICTS: readonly (readonly [one: string, other: string, why: string])[] = [
  ["any", "failFast", "one ends with the first success, the other with the first failure"],
  ["interval", "minInterval", "--interval sets both bounds"],
  ["interval", "maxInterval", "--interval sets both bounds"],
  ["json", "output", "--json is --output json"],
  ["state", "checkpoint", "they say the same of a start"],
  ["wait", "notify", "without the wait there is no end to tell of"],
  ["wait", "exec", "without the wait there is no end to run it after"],
  ["all", "resume", "one names the tasks that a listing shows, the other those of a file"],
];

/**
 * Settles which of two flags holds: one of the command line goes before a variable.
 *
 * @throws {@link UsageError} when both are on the command line, or both in variables.
 */
export function settleConflicts(command: Command): void {
  for (const [one, other, why] of CONFLICTS) {
    const [first, second] = [given(command, one), given(command, other)];
    if (first === undefined || second === undefined || saySame(command, one, other)) {
      continue;
    }
    const [isFirst, isSecond] = [first, second].map((option) => isVariable(command, option));
    if (isFirst === isSecond) {
      throw new UsageError(
        `${giverOf(command, first)} and ${giverOf(command, second)} can't be used together: ${why}`,
      );
    }
    const lost = isFirst ? first : second;
    command.setOptionValueWithSource(lost.attributeName(), lost.negate || lost.defaultValue, "default");
  }
}

/** `--json` is `--output json`. */
export function readJson(command: Command): void {
  if (command.getOptionValue("json") === true) {
    command.setOptionValueWithSource("output", "json", "implied");
  }
}

function given(command: Command, name: string): Option | undefined {
  const source = command.getOptionValueSource(name);
  return source === "cli" || source === "env"
    ? command.options.find((option) => option.attributeName() === name)
    : undefined;
}

function isVariable(command: Command, option: Option): boolean {
  return command.getOptionValueSource(option.attributeName()) === "env";
}

function saySame(command: Command, one: string, other: string): boolean {
  const value: unknown = command.getOptionValue(other);
  return typeof value === "string" && value === (one === "json" ? "json" : command.getOptionValue(one));
}
