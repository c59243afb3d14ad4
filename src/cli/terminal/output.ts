import process from "node:process";

/** What Unix tools exit with when nobody reads them any more. */
const EXIT_BROKEN_PIPE = 141;

// GitHub's runner obeys this older form of its commands wherever it stands in a line, so a task's name might use it.
const FORGED_COMMAND = /##\[/g;

const onGitHub = process.env["GITHUB_ACTIONS"] === "true";

/** Standard output: results only. Ends the process quietly once nobody reads. */
export function writeOut(text: string): void {
  // As JSON, which results are, it stays the same value.
  process.stdout.write(onGitHub ? text.replace(FORGED_COMMAND, "##\\u005b") : text);
}

type WriteLine = (line: string) => void;

const writeToStderr: WriteLine = (line) => {
  process.stderr.write(`${onGitHub ? line.replace(FORGED_COMMAND, "## [") : line}\n`);
};

let writeLine = writeToStderr;

/** Standard error, one line. A lost line there ends nothing. */
export function writeErr(line: string): void {
  writeLine(line);
}

/**
 * While live bars stand on the terminal, lines must go above them.
 *
 * @param write - Takes the lines from now on; without it they go to standard error again.
 */
export function divertLines(write: WriteLine = writeToStderr): void {
  writeLine = write;
}

/** A message of the command itself. */
export function printError(message: string): void {
  writeErr(`taskwait: ${message}`);
}

/** To be called once, before anything is written. */
export function watchPipes(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      printError(`can't write to standard output (${error.code ?? error.name})`);
    }
    process.exit(error.code === "EPIPE" ? EXIT_BROKEN_PIPE : 5);
  });
  process.stderr.on("error", () => undefined);
}
