import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";

/** The built command. */
export const MAIN: string = join(import.meta.dirname, "../../../dist/cli/main.js");

/** The built library. */
export const LIBRARY: string = join(import.meta.dirname, "../../../dist/index.js");

const HANG_MS = 45_000;

/** What a run of the command came to. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface CliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves at its end. */
  readonly done: Promise<CliResult>;
  /** Resolves once standard error (or output) matches. */
  until(pattern: RegExp, stream?: "stdout" | "stderr"): Promise<void>;
}

/** An environment without anything of this machine's that the command would read. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = "", SystemRoot = "" } = process.env;
  return {
    PATH,
    SystemRoot,
    HOME: join(import.meta.dirname, "no-such-home"),
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
    ...extra,
  };
}

/** Starts the built command in a child process, on pipes. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input?: string,
): CliProcess {
  return startProcess(process.execPath, [MAIN, ...args], cleanEnvironment(env), input);
}

/** Starts any program in a child process, on pipes. */
export function startProcess(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input?: string,
): CliProcess {
  const child = spawn(program, args, { env, stdio: "pipe" });
  const texts = { stdout: "", stderr: "" };
  const waiters = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      texts[name] += chunk;
      for (const check of waiters) {
        check();
      }
    });
  }
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  const hang = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
  const done = new Promise<CliResult>((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(hang);
      resolve({ code, signal, ...texts });
      for (const check of waiters) {
        check();
      }
    });
  });
  const until = (pattern: RegExp, stream: "stdout" | "stderr" = "stderr"): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (pattern.test(texts[stream])) {
          waiters.delete(check);
          resolve();
        } else if (child.exitCode !== null || child.signalCode !== null) {
          waiters.delete(check);
          reject(new Error(`ended before ${pattern}: ${JSON.stringify(texts)}`));
        }
      };
      waiters.add(check);
      check();
    });
  return { child, done, until };
}

/** Runs the built command to its end. */
export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<CliResult> {
  return startCli(args, env, input).done;
}
