import type { Command } from "commander";
import { badValue } from "../errors/usage-error.ts";
import { repeated } from "../flags/repeated.ts";

/** The flags about declared task APIs, as commander gives them. */
export interface ApiFlags {
  readonly api?: string;
  readonly set?: readonly string[];
  readonly until?: string;
}

/** Adds `--api` and `--set`. */
export function addApiFlags(command: Command): Command {
  return command
    .option("--api <name|file>", "what bare ids are of: a declared task API (default: BDRC)")
    .option(
      "--set <name=value>",
      "a value that the declaration needs, such as functionName=resize; may be repeated",
      repeated,
    );
}

/** Adds `--until`. */
export function addUntilFlag(command: Command): Command {
  return command.option("--until <words>", "the service's words for success, such as Running, or gone");
}

/**
 * The values of `--set`.
 *
 * @throws {@link UsageError} for anything but `name=value`.
 */
export function parseSet(given: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf("=");
      if (at < 1 || at === one.length - 1) {
        throw badValue("--set", "must be name=value, such as functionName=resize", one);
      }
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}

/** The words of `--until`. @throws {@link UsageError} when there are none. */
export function parseUntil(given: string | undefined): readonly string[] | undefined {
  const words = given?.split(",").map((word) => word.trim());
  if (words?.some((word) => word === "")) {
    throw badValue("--until", "must be words such as Running,Stopped, or gone", String(given));
  }
  return words;
}
