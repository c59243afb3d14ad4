import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Readable } from "node:stream";
import { startTimer } from "../../index.ts";
import { writeErr } from "../terminal/messages.ts";

// How long a command may take to end once it was asked to, and what it left running to hold its output.
const MAX_ENDING_MS = 1000;
const MAX_LINE_LENGTH = 100_000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Runs a command line in a shell to its end, or until the signal. Its output goes to standard error by lines. What it
 * leaves running in the background is not waited for.
 *
 * @param signal - Ends it, with all that it has begun.
 * @returns How it failed, if it did.
 * @throws What kept it from being begun.
 */
export async function runShell(
  command: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [program, args] = shellFor(command);
  const ownGroup = hasOwnGroup();
  // Standard output is for results.
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env,
    windowsHide: true,
    detached: ownGroup,
  });
  const send = (name: NodeJS.Signals | 0): boolean =>
    ownGroup ? signalGroup(child, name) : child.kill(name);
  let stopTimer: (() => void) | undefined;
  let killed: Promise<void> | undefined;
  const stop = (): void => {
    send("SIGTERM");
    killed = new Promise((resolve) => {
      stopTimer?.();
      stopTimer = startTimer(MAX_ENDING_MS, () => {
        send("SIGKILL");
        closeOutput(child);
        resolve();
      });
    });
  };
  signal.addEventListener("abort", stop, { once: true });
  child.once("exit", () => {
    stopTimer ??= startTimer(MAX_ENDING_MS, () => closeOutput(child));
  });
  writeLines(child.stdout);
  writeLines(child.stderr);
  try {
    const [code, name] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    // What writes elsewhere may outlive the shell.
    if (killed !== undefined && send(0)) {
      await killed;
    }
    return code === 0 ? undefined : `it ${code === null ? `was ended by ${name}` : `exited with ${code}`}`;
  } finally {
    stopTimer?.();
    signal.removeEventListener("abort", stop);
  }
}

/** PowerShell, unlike cmd.exe, does not read the values of variables as commands. */
function shellFor(command: string): readonly [program: string, args: readonly string[]] {
  return process.platform === "win32"
    ? ["powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", command]]
    : ["/bin/sh", ["-c", command]];
}

/**
 * Whether a command gets a process group of its own, so that a signal reaches what its shell has begun. On a terminal
 * the group is ours: the terminal itself signals all of it, and the command may ask for a password there.
 */
function hasOwnGroup(): boolean {
  const { platform, stdin, stdout, stderr } = process;
  return platform !== "win32" && !(stdin.isTTY || stdout.isTTY || stderr.isTTY);
}

/** @returns Whether there is anything left to signal. */
function signalGroup({ pid }: Child, name: NodeJS.Signals | 0): boolean {
  try {
    return pid !== undefined && process.kill(-pid, name);
  } catch {
    return false;
  }
}

/** Ends the reading of output that something in the background holds open. */
function closeOutput({ stdout, stderr }: Child): void {
  stdout.destroy();
  stderr.destroy();
}

/** A line that is too long comes in pieces. */
function writeLines(output: Readable): void {
  let rest = "";
  output
    .setEncoding("utf8")
    .on("data", (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        writeErr(line);
      }
      if (rest.length > MAX_LINE_LENGTH) {
        writeErr(rest);
        rest = "";
      }
    })
    .on("close", () => {
      if (rest !== "") {
        writeErr(rest);
      }
    });
}
