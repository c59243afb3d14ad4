import process from "node:process";

/** What Unix tools exit with when nobody reads them any more. */
const EXIT_BROKEN_PIPE = 141;

/** Standard output: results only. Ends the process quietly once nobody reads. */
export function writeOut(text: string): void {
  process.stdout.write(text);
}

type WriteLine = (line: string) => void;

const writeToStderr: WriteLine = (line) => {
  process.stderr.write(`${line}\n`);
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
export function complain(message: string): void {
  writeErr(`taskwait: ${message}`);
}

/** To be called once, before anything is written. */
export function watchPipes(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      complain(`can't write to standard output (${error.code ?? error.name})`);
    }
    process.exit(error.code === "EPIPE" ? EXIT_BROKEN_PIPE : 5);
  });
  process.stderr.on("error", () => undefined);
}
