import process from "node:process";
import { printable } from "../../index.ts";

type WriteLine = (line: string) => void;

const FORGED_START = /^(\s*):(?=:)/;
const FORGED_COMMAND = /##\[/g;

const onGitHub = process.env["GITHUB_ACTIONS"] === "true";

const writeToStderr: WriteLine = (line) => {
  process.stderr.write(`${line}\n`);
};

let writeLine = writeToStderr;

/** Standard error, one line. A line that is lost there ends nothing. */
export function writeErr(line: string): void {
  writeLine(onGitHub ? line.replace(FORGED_START, "$1\\u{3a}").replace(FORGED_COMMAND, "## [") : line);
}

/** A message of the command itself, on one line, whatever was given to it. */
export function printError(message: string): void {
  writeErr(`taskwait: ${printable(message, Number.POSITIVE_INFINITY)}`);
}

/** A command for GitHub's runner. The caller escapes its data. */
export function writeWorkflowCommand(command: string): void {
  writeLine(command.replace(FORGED_COMMAND, "## ["));
}

/**
 * While live rows stand on the terminal, lines must go above them.
 *
 * @param write - Takes the lines from now on; without it they go to standard error again.
 */
export function divertLines(write: WriteLine = writeToStderr): void {
  writeLine = write;
}
