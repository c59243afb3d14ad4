import process from "node:process";

/** What Unix tools exit with when nobody reads them any more. */
const EXIT_BROKEN_PIPE = 141;

/** Standard output: results only. Ends the process quietly once nobody reads. */
export function writeOut(text: string): void {
  process.stdout.write(text);
}

/** Standard error, one line. A lost line there ends nothing. */
export function writeErr(line: string): void {
  process.stderr.write(`${line}\n`);
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
