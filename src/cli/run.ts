import process from "node:process";
import { type Command, CommanderError } from "commander";
import { EXIT } from "./errors/exit-code.ts";
import { UsageError } from "./errors/usage-error.ts";
import { inVariableWords } from "./flags/variables.ts";
import { makeProgram } from "./program.ts";
import { printError } from "./terminal/messages.ts";
import { guardStreams, outputDrained, outputFailure } from "./terminal/standard-output.ts";
import { printWarnings } from "./terminal/warnings.ts";

// Beyond this, something holds the process that has no business to.
const LINGER_MS = 500;

/**
 * Runs the command line and leaves the exit code in the process. Nobody sees a stack trace, whatever happens.
 *
 * @param args - Without the names of Node and of the script.
 */
export async function run(args: readonly string[]): Promise<void> {
  let running: Command | undefined;
  const inWords: InWords = (message) => (running === undefined ? message : inVariableWords(message, running));
  guardStreams();
  printWarnings();
  process.on("uncaughtException", (error) => {
    // An unhandled rejection arrives here too.
    void explain(error, inWords)
      .then(end)
      .finally(() => process.exit());
  });
  let exitCode: number = EXIT.complete;
  try {
    const program = makeProgram((code) => {
      exitCode = code;
    });
    program.hook("preAction", (_, command) => {
      running = command;
    });
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    exitCode = await explain(error, inWords);
  }
  await end(exitCode);
  // The end comes by itself; this is for whatever might keep it from coming.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Waits until all output has reached its reader, however slow that is. */
async function end(exitCode: number): Promise<void> {
  process.exitCode = exitCode;
  await outputDrained();
  const failure = outputFailure();
  if (failure === undefined) {
    return;
  }
  if (failure.code !== "EPIPE") {
    printError(`can't write to standard output (${failure.code})`);
  }
  if (!STOPPED.has(exitCode)) {
    process.exitCode = failure.exitCode;
  }
}

const STOPPED: ReadonlySet<number> = new Set([EXIT.hungUp, EXIT.interrupted, EXIT.terminated]);

/** A message in the words of what was given: a flag, or its variable. */
type InWords = (message: string) => string;

/** Says on one line of standard error what went wrong, and gives the exit code. */
async function explain(error: unknown, inWords: InWords): Promise<number> {
  if (error instanceof CommanderError) {
    // Commander has said it already; help and version are no failures.
    return error.exitCode === 0 ? EXIT.complete : EXIT.usage;
  }
  if (error instanceof UsageError) {
    printError(inWords(error.message));
    return EXIT.usage;
  }
  const { explainFailure } = await import("./explain-failure.ts");
  return explainFailure(error, inWords);
}
