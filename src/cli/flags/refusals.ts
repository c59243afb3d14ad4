import type { Command } from "commander";
import { printable } from "../../index.ts";
import { withHint } from "./other-words.ts";

// A value that was given to a flag nobody knows might be a secret.
const GIVEN_VALUE = /'(--?[^=']*)=[^']*'/g;
// What commander proposes are names of ours alone.
const PROPOSAL = /\n\(Did you mean [\w, -]+\?\)$/;
const MAX_LENGTH = 2000;

/** What commander says of a command line that it does not take, in the command's own words and harmless on a terminal. */
export function refusalText(text: string, command: Command): string {
  const whole = text.trimEnd().replace(/^error: /, "taskwait: ");
  const proposal = PROPOSAL.exec(whole)?.[0] ?? "";
  const message = withoutValues(whole.slice(0, whole.length - proposal.length), command);
  const own = needlessValue(whole, command) ?? unknownCommand(message, proposal, command);
  return own ?? withHint(`${printable(message, MAX_LENGTH)}${proposal}`);
}

function withoutValues(message: string, command: Command): string {
  return message.replace(GIVEN_VALUE, (given, flag: string) =>
    command.options.some(({ flags }) => given === `'${flags}'`) ? given : `'${flag}'`,
  );
}

/** For `--quiet=yes`, and for `-q=yes`, of which commander has taken the `-q` before it meets the rest. */
function needlessValue(message: string, command: Command): string | undefined {
  const [, flag] = /^taskwait: unknown option '(--?[\w-]*)=/.exec(message) ?? [];
  if (flag === "-") {
    return "taskwait: a flag of one letter that takes no value was given one with =";
  }
  const isOurs = command.options.some(({ long, hidden }) => long === flag && !hidden);
  return isOurs ? `taskwait: ${flag} takes no value` : undefined;
}

/** For `start foo`, and for `apis foo`, which commander takes for an argument of `apis list`. */
function unknownCommand(message: string, proposal: string, command: Command): string | undefined {
  if (/^taskwait: unknown command '/.test(message) && proposal === "") {
    return `${printable(message, MAX_LENGTH)}; there are ${namesOf(command)}`;
  }
  const { parent } = command;
  const [word = ""] = parent?.args ?? [];
  const isGroup = parent?.parent != null && word !== command.name();
  return isGroup && /^taskwait: too many arguments for '/.test(message)
    ? `taskwait: unknown command '${printable(word, 80)}'; there are ${namesOf(parent)}`
    : undefined;
}

function namesOf({ commands }: Command): string {
  return commands.map((one) => one.name()).join(", ");
}
