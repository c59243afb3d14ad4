import process from "node:process";
import { CommanderError } from "commander";
import { EXIT } from "./errors/exit-code.ts";
import { UsageError } from "./errors/usage-error.ts";
import { makeProgram } from "./program.ts";
import { printError, watchPipes, writeErr } from "./terminal/output.ts";

// Beyond this, something holds the process that has no business to.
const LINGER_MS = 500;

/**
 * Runs the command line and leaves the exit code in the process. Whatever happens, nobody sees a stack trace.
 *
 * @param args - Without the names of Node and of the script.
 */
export async function run(args: readonly string[]): Promise<void> {
  watchPipes();
  watchWarnings();
  process.on("uncaughtException", (error) => {
    // An unhandled rejection arrives here too.
    void explain(error).finally(() => process.exit());
  });
  try {
    const program = makeProgram((exitCode) => {
      process.exitCode = exitCode;
    });
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    await explain(error);
  }
  // The end comes by itself; this is for whatever might keep it from coming.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** One line on standard error, and the exit code. */
async function explain(error: unknown): Promise<void> {
  if (error instanceof CommanderError) {
    // Commander has said it already; help and version are no failures.
    process.exitCode = error.exitCode === 0 ? EXIT.complete : EXIT.usage;
    return;
  }
  if (error instanceof UsageError) {
    printError(error.message);
    process.exitCode = EXIT.usage;
    return;
  }
  const { explainFailure } = await import("./explain-failure.ts");
  process.exitCode = explainFailure(error);
}

// Node's own form of a warning is of no use to whoever runs a command, and breaks the bars.
function watchWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    writeErr(`taskwait: warning: ${warning.message.replace(/\p{Cc}/gu, " ")}`);
  });
}
