import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type CliProcess, cleanEnvironment, MAIN, startProcess } from "./command.ts";

/**
 * Runs a line of sh in which `taskwait` is the built command, such as `taskwait list | head -1` or
 * `ulimit -n 1024; taskwait …`.
 */
export function startShell(line: string, env: Readonly<Record<string, string>>): CliProcess {
  const script = `taskwait() { '${process.execPath}' '${MAIN}' "$@"; }\n${line}`;
  return startProcess("sh", ["-c", script], cleanEnvironment(env));
}

/** A PATH on which `taskwait` is the built command, in this folder: for scripts, and for what they run. */
export function pathWithCommand(folder: string): string {
  const script = `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`;
  writeFileSync(join(folder, "taskwait"), script, { mode: 0o755 });
  return `${folder}:${process.env["PATH"]}`;
}

/** The environment of a command whose clock is wrong by so much, and, later, by something else. */
export function wrongClock(
  offsetMs: number,
  jump?: { readonly afterMs: number; readonly toOffsetMs: number },
): Readonly<Record<string, string>> {
  const script = `
    const now = Date.now; let offset = ${offsetMs};
    Date.now = () => now() + offset;
    globalThis.Date = class extends Date { constructor(...a) { a.length ? super(...a) : super(now() + offset); } static now() { return now() + offset; } };
    ${jump === undefined ? "" : `setTimeout(() => { offset = ${jump.toOffsetMs}; }, ${jump.afterMs}).unref();`}
  `;
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}` };
}

/** A line of sh whose output nobody reads for so long, and then all of it. Its exit code is told on standard error. */
export function intoLateReader(line: string, seconds: number): string {
  return `{ ${line}; echo "code=$?" >&2; } | { sleep ${seconds}; cat; }`;
}
