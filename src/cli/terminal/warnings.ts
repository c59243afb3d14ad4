import process from "node:process";
import { writeErr } from "./messages.ts";

// What Node says of colors is about its own: NO_COLOR goes first here.
const OF_NODES_COLORS = /^The '\w+' env is ignored due to the 'FORCE_COLOR' env being set/;

/** Prints warnings of the process on one line each: Node's way takes several, which would break the live rows. */
export function printWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", printWarning);
}

export function printWarning({ message }: Error): void {
  if (!OF_NODES_COLORS.test(message)) {
    writeErr(`taskwait: warning: ${message.replace(/\p{Cc}/gu, " ")}`);
  }
}
