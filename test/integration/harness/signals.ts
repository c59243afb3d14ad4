import { setTimeout as sleep } from "node:timers/promises";
import type { CliProcess } from "./command.ts";

/** Sends a signal twice, as a terminal and a supervisor do together. */
export async function signalTwice({ child }: CliProcess, signal: NodeJS.Signals, gapMs = 16): Promise<void> {
  child.kill(signal);
  await sleep(gapMs);
  child.kill(signal);
}

/** Stops the process for so long, as a laptop does that is closed. */
export async function suspend({ child }: CliProcess, forMs: number): Promise<void> {
  child.kill("SIGSTOP");
  await sleep(forMs);
  child.kill("SIGCONT");
}
