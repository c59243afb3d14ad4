import process from "node:process";
import { EXIT } from "../errors/exit-code.ts";

/** Why standard output takes no more, and what the command then exits with. */
export interface OutputFailure {
  /** `EPIPE` when its reader has left. */
  readonly code: string;
  readonly exitCode: number;
}

// GitHub's runner obeys two forms of commands: "::" at the beginning of a line, and "##[" anywhere. An id or a name
// that the service sends might hold either.
const FORGED_START = /^([^\S\n]*):(?=:)/gm;
const FORGED_COMMAND = /##\[/g;

const onGitHub = process.env["GITHUB_ACTIONS"] === "true";
const listeners = new Set<(failure: OutputFailure) => void>();
let failure: OutputFailure | undefined;

/** Standard output: whole lines of results. What nobody can read any more is dropped. */
export function writeOut(text: string): void {
  if (failure === undefined) {
    // Inside JSON, which results are, it stays the same value.
    process.stdout.write(
      onGitHub ? text.replace(FORGED_START, "$1\\u{3a}").replace(FORGED_COMMAND, "##\\u005b") : text,
    );
  }
}

/** What has become of standard output; `undefined` while it takes what is written. */
export function outputFailure(): OutputFailure | undefined {
  return failure;
}

/** Calls the listener once standard output takes no more. Returns what takes the listener away. */
export function onOutputFailure(listener: (failure: OutputFailure) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Resolves once everything that was written has reached its readers, or can't. */
export async function outputDrained(): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map(drained));
}

/** To be called once, before anything is written. */
export function guardStreams(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (failure === undefined) {
      const { code = error.name } = error;
      failure = { code, exitCode: code === "EPIPE" ? EXIT.brokenPipe : EXIT.unreachable };
      for (const listener of listeners) {
        listener(failure);
      }
    }
  });
  process.stderr.on("error", () => undefined);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) {
      resolve();
      return;
    }
    stream.write("", () => resolve());
  });
}
