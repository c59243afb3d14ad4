import process from "node:process";
import type { Command } from "commander";
import type { Outcome } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import type { Annotations } from "../terminal/annotations.ts";
import { writeErr } from "../terminal/output.ts";
import type { WaitSummary } from "../terminal/result-writer.ts";
import { resumeCommand } from "./resume-command.ts";

// After these the task may still be running, and waiting may go on.
const OPEN: ReadonlySet<string> = new Set<Outcome["kind"]>(["timedOut", "aborted", "unreachable"]);

/** Says on standard error why tasks did not complete, and how to go on with those that may still run. */
export function explainEnds(
  summary: WaitSummary,
  context: {
    readonly annotations: Annotations;
    readonly command: Command;
    readonly signalName: string | undefined;
  },
): void {
  const { annotations, command, signalName } = context;
  for (const { outcome } of summary.results) {
    // What was left because of a signal, or because another task was enough, is no error of its own.
    if (outcome.kind !== "complete" && outcome.kind !== "aborted") {
      annotations.error(describeError(outcome.error));
    }
  }
  const open = summary.results.filter(({ outcome }) => OPEN.has(outcome.kind)).map(({ taskId }) => taskId);
  if (open.length === 0 || summary.exitCode === 0) {
    return;
  }
  const they = open.length === 1 ? "the task may" : `${open.length} tasks may`;
  const intro = signalName === undefined ? "" : `stopped by ${signalName}; `;
  writeErr(`taskwait: ${intro}${they} still be running. To go on waiting:`);
  writeErr(`  ${resumeCommand(command, open, process.env)}`);
}
