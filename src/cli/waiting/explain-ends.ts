import process from "node:process";
import type { Command } from "commander";
import type { Outcome } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { EXIT } from "../errors/exit-code.ts";
import { troubleOf } from "../errors/trouble.ts";
import type { Annotations } from "../terminal/annotations.ts";
import { writeErr } from "../terminal/messages.ts";
import type { WaitSummary } from "../terminal/result-writer.ts";
import type { Interruption } from "./interruption.ts";
import { resumeCommand, whatIsLeftOut } from "./resume-command.ts";

// After these the task may still be running, and waiting may go on.
const OPEN: ReadonlySet<string> = new Set<Outcome["kind"]>(["timedOut", "aborted", "unreachable"]);

// Of more messages, one stands for all of an outcome: what became of each task is on standard output.
const MAX_MESSAGES = 100;

// What the account or the network is to blame for, not a task: it goes wrong for all alike.
const SHARED: ReadonlySet<string> = new Set<Outcome["kind"]>(["denied", "unreachable"]);

/** Who is told, and of which command. */
export interface EndContext {
  readonly annotations: Annotations;
  readonly command: Command;
  readonly interruption: Interruption;
}

/** Says on standard error why tasks did not complete, and how to go on with those that may still run. */
export function explainEnds(summary: WaitSummary, { annotations, command, interruption }: EndContext): void {
  for (const { message, count } of failures(summary)) {
    const more = count === 2 ? "1 more task" : `${count - 1} more tasks`;
    annotations.error(count === 1 ? message : `${message} (and ${more})`);
  }
  const open = summary.results.filter(({ outcome }) => OPEN.has(outcome.kind)).map(({ taskId }) => taskId);
  // A command whose reader has left ends without a word, as its neighbours in a pipe do.
  if (open.length === 0 || summary.exitCode === EXIT.complete || summary.exitCode === EXIT.brokenPipe) {
    return;
  }
  const { signalName } = interruption;
  const they = open.length === 1 ? "the task may" : `${open.length} tasks may`;
  const intro = signalName === undefined ? "" : `stopped by ${signalName}; `;
  writeErr(`taskwait: ${intro}${they} still be running. To go on waiting${whatIsLeftOut(command, open)}:`);
  writeErr(`  ${resumeCommand(command, open, process.env)}`);
}

interface Failure {
  readonly message: string;
  count: number;
}

/** What went wrong, and for how many tasks: one wrong key is one message. */
function failures({ results }: WaitSummary): readonly Failure[] {
  const told = new Map<string, Failure>();
  for (const { taskId, outcome } of results) {
    // What was left because of a signal, or because another task was enough, is no error of its own.
    if (outcome.kind === "complete" || outcome.kind === "aborted") {
      continue;
    }
    const message = describeError(outcome.error);
    const isShared = SHARED.has(outcome.kind);
    const own = isShared ? troubleOf(outcome.error, ownIdOf(outcome.error)) : taskId;
    const key = told.size < MAX_MESSAGES || told.has(own) ? own : outcome.kind;
    const same = told.get(key);
    if (same === undefined) {
      told.set(key, { message, count: 1 });
    } else {
      same.count += 1;
    }
  }
  return [...told.values()];
}

function ownIdOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as { readonly taskId?: string }).taskId : undefined;
}
