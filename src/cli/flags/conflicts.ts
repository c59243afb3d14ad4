import type { Command, Option } from "commander";
import { UsageError } from "../errors/usage-error.ts";
import { giverOf } from "./variables.ts";

/** Two flags, by their names in code, that can't both hold. */
interface Conflict {
  readonly one: string;
  readonly other: string;
  readonly why: string;
  /** With which values of the other; by default with any. */
  readonly when?: (value: unknown) => boolean;
}

const BDRC_ONLY = "the listing is of BDRC";

const CONFLICTS: readonly Conflict[] = [
  { one: "any", other: "failFast", why: "one ends with the first success, the other with the first failure" },
  { one: "interval", other: "minInterval", why: "--interval sets both bounds" },
  { one: "interval", other: "maxInterval", why: "--interval sets both bounds" },
  { one: "json", other: "output", why: "--json is --output json", when: (form) => form !== "json" },
  { one: "query", other: "output", why: "the records of jsonl are whole", when: (form) => form === "jsonl" },
  { one: "state", other: "checkpoint", why: "they say the same of a start" },
  { one: "wait", other: "notify", why: "without the wait there is no end to tell of" },
  { one: "wait", other: "exec", why: "without the wait there is no end to run it after" },
  { one: "all", other: "resume", why: "one names the tasks of a listing, the other those of a file" },
  { one: "all", other: "api", why: BDRC_ONLY },
  { one: "all", other: "set", why: BDRC_ONLY },
  { one: "all", other: "until", why: BDRC_ONLY },
];

/** Flags that mean nothing without one of others, on commands that have these. */
const NEEDS: readonly (readonly [flag: string, others: readonly string[]])[] = [
  ["status", ["all"]],
  ["type", ["all"]],
  ["notifyOn", ["notify"]],
  ["notifyTimeout", ["notify"]],
  ["renewAfter", ["state", "checkpoint"]],
];

/**
 * Settles which flags hold: of two that conflict, one of the command line goes before a variable, and a variable whose flag
 * needs another one is left unread without it.
 *
 * @throws {@link UsageError} when both are on the command line, or both in variables; when a flag lacks what it needs.
 */
export function settleConflicts(command: Command): void {
  for (const { one, other, why, when = () => true } of CONFLICTS) {
    const [first, second] = [given(command, one), given(command, other)];
    if (first === undefined || second === undefined || !when(command.getOptionValue(other))) {
      continue;
    }
    const [isFirst, isSecond] = [first, second].map((option) => isVariable(command, option));
    if (isFirst === isSecond) {
      throw new UsageError(
        `${giverOf(command, first)} and ${giverOf(command, second)} can't be used together: ${why}`,
      );
    }
    leaveUnread(command, isFirst ? first : second);
  }
  for (const [flag, others] of NEEDS) {
    const option = given(command, flag);
    const needed = others.flatMap((other) => optionOf(command, other) ?? []);
    if (
      option === undefined ||
      needed.length === 0 ||
      others.some((other) => given(command, other) !== undefined)
    ) {
      continue;
    }
    if (!isVariable(command, option)) {
      throw new UsageError(`${option.long} is for ${needed[0]?.long}, which is not given`);
    }
    leaveUnread(command, option);
  }
}

/** `--json` is `--output json`. */
export function readJson(command: Command): void {
  if (command.getOptionValue("json") === true) {
    command.setOptionValueWithSource("output", "json", "implied");
  }
}

function optionOf(command: Command, name: string): Option | undefined {
  return command.options.find((option) => option.attributeName() === name);
}

function given(command: Command, name: string): Option | undefined {
  const source = command.getOptionValueSource(name);
  return source === "cli" || source === "env" ? optionOf(command, name) : undefined;
}

function isVariable(command: Command, option: Option): boolean {
  return command.getOptionValueSource(option.attributeName()) === "env";
}

function leaveUnread(command: Command, option: Option): void {
  command.setOptionValueWithSource(option.attributeName(), option.negate || option.defaultValue, "default");
}
