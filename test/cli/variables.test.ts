import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { hintForCommand, hintForFlag } from "../../src/cli/flags/other-words.ts";
import { variableOf } from "../../src/cli/flags/variables.ts";
import { makeProgram } from "../../src/cli/program.ts";

function commandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((child) => commandsOf(child as Command))];
}

const commands = (): readonly Command[] => commandsOf(makeProgram(() => undefined));
const allFlags = (): readonly (readonly [command: string, flag: string, variable: string | undefined])[] =>
  commands().flatMap((command) =>
    command.options.map((option) => [command.name(), option.long ?? "", variableOf(option)] as const),
  );

describe("a flag's variable", () => {
  it("is there for every flag but the version, the status and refused keys", () => {
    const without = allFlags().filter(([, , variable]) => variable === undefined);

    expect([...new Set(without.map(([, flag]) => flag))].sort()).toEqual([
      "--access-key-id",
      "--access-key-secret",
      "--bearer-token",
      "--security-token",
      "--status",
      "--sts-token",
      "--version",
    ]);
  });

  it("is read by each command that has the flag", () => {
    const deaf = allFlags().filter(([name, flag, variable]) => {
      process.env[variable ?? ""] = "1";
      try {
        const options = commands()
          .filter((command) => command.name() === name)
          .flatMap((command) => command.options.filter(({ long }) => long === flag));
        return variable !== undefined && options.some(({ envVar }) => envVar !== variable);
      } finally {
        delete process.env[variable ?? ""];
      }
    });

    expect(deaf).toEqual([]);
  });
});

describe("a hint", () => {
  it("is for no flag and no command that there is", () => {
    const flags = allFlags().map(([, flag]) => flag);
    const names = makeProgram(() => undefined).commands.map((command) => command.name());

    expect(flags.filter((flag) => hintForFlag(flag) !== undefined)).toEqual([]);
    expect(names.filter((name) => hintForCommand(name) !== undefined)).toEqual([]);
  });
});
