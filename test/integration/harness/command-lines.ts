import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type CliResult, cleanEnvironment } from "./command.ts";

const HANG_MS = 45_000;

/**
 * Runs command lines as `runCli` does, but all of a file in one process, one after the other: for tables of lines, where
 * each is about what is printed and which exit code is set. What is about the process takes one of its own.
 *
 * @param base - Environment of all lines. The command reads `GITHUB_ACTIONS` once per process.
 */
export function commandLines(
  base: Readonly<Record<string, string>> = {},
): (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliResult> {
  let child: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  afterAll(() => {
    child?.kill();
  });

  const run = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<CliResult> =>
    new Promise((resolve, reject) => {
      child ??= fork(join(import.meta.dirname, "command-lines.mjs"), {
        env: cleanEnvironment(base),
        execArgv: [],
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      const runner = child;
      const fail = (): void => {
        child = undefined;
        reject(new Error(`no end of: taskwait ${args.join(" ")}`));
      };
      const hang = setTimeout(() => runner.kill("SIGKILL"), HANG_MS);
      runner.once("exit", fail);
      runner.once("message", (result) => {
        clearTimeout(hang);
        runner.off("exit", fail);
        resolve(result as CliResult);
      });
      runner.send({ args, env: cleanEnvironment({ ...base, ...env }) });
    });

  return (args, env = {}) => {
    const result = last.then(() => run(args, env));
    last = result.catch(() => undefined);
    return result;
  };
}
