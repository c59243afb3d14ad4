import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { printable } from "../../index.ts";
import { errorCode } from "../files/file-error.ts";
import { printError } from "../terminal/messages.ts";
import type { Interruption } from "../waiting/interruption.ts";

// As shells have it.
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;
const EXIT_SIGNAL = 128;

/**
 * Runs a command on our own terminal or pipes, with these variables set. A signal that stops us is handed on to it.
 *
 * @returns Its exit code.
 */
export async function runEmulated(
  [program = "", ...args]: readonly string[],
  variables: Readonly<Record<string, string>>,
  interruption: Interruption,
): Promise<number> {
  const child = spawn(program, args, { env: { ...process.env, ...variables }, stdio: "inherit" });
  const handOn = (): void => {
    child.kill(interruption.signalName ?? "SIGTERM");
  };
  interruption.signal.addEventListener("abort", handOn, { once: true });
  try {
    return await new Promise<number>((resolve) => {
      child.on("error", (error) => {
        printError(`can't run "${printable(program, 200)}" (${errorCode(error)})`);
        resolve(errorCode(error) === "ENOENT" ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
      });
      child.on("close", (code, signal) => {
        resolve(code ?? EXIT_SIGNAL + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  } finally {
    interruption.signal.removeEventListener("abort", handOn);
  }
}
