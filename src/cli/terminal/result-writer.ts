import {
  type Outcome,
  type OutcomeKind,
  outcomeFields,
  printable,
  type Task,
  toEventRecord,
  type WaitEvent,
} from "../../index.ts";
import { safeJson, safeJsonPretty } from "./safe-json.ts";

/** What `--output` can say. */
export type OutputForm = "text" | "json" | "jsonl";

/** How a command that waits has ended. */
export interface WaitSummary {
  readonly exitCode: number;
  readonly waitedMs: number;
  /** In the order of the arguments. */
  readonly results: readonly { readonly taskId: string; readonly calls: number; readonly outcome: Outcome }[];
}

/** Puts results on standard output, in one of the forms that docs/cli.md fixes. */
export interface ResultWriter {
  event(event: WaitEvent, taskId: string): void;
  end(summary: WaitSummary): void;
}

/**
 * @param form - Which form.
 * @param write - Takes a line without its end.
 * @param wallClockMs - Unix milliseconds, for `jsonl`.
 */
export function makeResultWriter(
  form: OutputForm,
  write: (line: string) => void,
  wallClockMs: () => number,
): ResultWriter {
  switch (form) {
    case "text":
      return { event: () => undefined, end: (summary) => writeText(summary, write) };
    case "json":
      return { event: () => undefined, end: (summary) => write(safeJsonPretty(summaryRecord(summary))) };
    case "jsonl":
      return {
        event: (event, taskId) => write(safeJson(toEventRecord(event, taskId, wallClockMs()))),
        end: () => undefined,
      };
  }
}

// Only these are results: the rest says that there is none.
const ENDED: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>(["complete", "failed", "expired", "canceled"]);

function writeText(summary: WaitSummary, write: (line: string) => void): void {
  for (const { taskId, outcome } of summary.results) {
    if (outcome.task !== undefined && ENDED.has(outcome.kind)) {
      const words = [printable(taskId), printable(outcome.task.taskStatus), resultWord(outcome.task)];
      write(words.filter((word) => word !== "").join(" "));
    }
  }
}

/** The result as JSON on one line: parsed when it is JSON, else as a JSON string; of a failed task, why. */
function resultWord(task: Task): string {
  if (task.taskStatus !== "COMPLETE") {
    return task.errorMessage ? safeJson(task.errorMessage) : "";
  }
  if (task.result !== undefined) {
    return safeJson(task.result);
  }
  return task.taskResult ? safeJson(task.taskResult) : "";
}

function summaryRecord(summary: WaitSummary): unknown {
  return {
    exitCode: summary.exitCode,
    waitedMs: Math.round(summary.waitedMs),
    // The fields of a `settled` record of jsonl, so that both forms are read alike.
    tasks: summary.results.map(({ taskId, calls, outcome }) => ({
      taskId,
      calls,
      ...outcomeFields(outcome),
    })),
  };
}
