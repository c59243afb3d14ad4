import {
  type Outcome,
  type OutcomeKind,
  outcomeFields,
  printable,
  type Task,
  toErrorRecord,
  toEventRecord,
  type WaitEvent,
} from "../../index.ts";
import { resultWord } from "./result-json.ts";
import { safeJson, safeJsonPretty } from "./safe-json.ts";

/** What `--output` of a command that waits can say. */
export type OutputForm = "text" | "json" | "jsonl";

/** What `--query` gives of a completed task. */
export type ResultQuery = (task: Task) => unknown;

/** How a command that waits has ended. */
export interface WaitSummary {
  readonly exitCode: number;
  readonly waitedMs: number;
  /** Calls that were answered, those of listings included. */
  readonly calls: number;
  /** In the order of the arguments. */
  readonly results: readonly { readonly taskId: string; readonly calls: number; readonly outcome: Outcome }[];
  /** Of a start that is not waited for: its task. */
  readonly started?: string;
  /** Of a start that came to no task: how it ended. */
  readonly withoutTask?: { readonly outcome: string; readonly error: unknown };
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
 * @param query - Makes what is printed of a completed task, in `text` and `json`.
 */
export function makeResultWriter(
  form: OutputForm,
  write: (line: string) => void,
  wallClockMs: () => number,
  query?: ResultQuery,
): ResultWriter {
  switch (form) {
    case "text":
      return { event: () => undefined, end: (summary) => writeText(summary, write, query) };
    case "json":
      return {
        event: () => undefined,
        end: (summary) => write(safeJsonPretty(summaryRecord(summary, query))),
      };
    case "jsonl":
      return {
        event: (event, taskId) => write(safeJson(toEventRecord(event, taskId, wallClockMs()))),
        end: ({ started }) => {
          if (started !== undefined) {
            write(safeJson({ timeMs: wallClockMs(), event: "started", taskId: started }));
          }
        },
      };
  }
}

// Only these are results: the rest says that there is none.
const ENDED: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>(["complete", "failed", "expired", "canceled"]);

function writeText(summary: WaitSummary, write: (line: string) => void, query?: ResultQuery): void {
  if (summary.started !== undefined) {
    write(summary.started);
  }
  for (const { taskId, outcome } of summary.results) {
    if (query !== undefined) {
      if (outcome.kind === "complete") {
        write(valueText(query(outcome.task)));
      }
    } else if (outcome.task !== undefined && ENDED.has(outcome.kind)) {
      const words = [printable(taskId), printable(outcome.task.taskStatus), resultWord(outcome.task)];
      write(words.filter((word) => word !== "").join(" "));
    }
  }
}

/** A value alone on its line: a string without quotation marks, as a shell wants it. */
function valueText(value: unknown): string {
  return typeof value === "string" ? printable(value, Number.POSITIVE_INFINITY) : safeJson(value);
}

function summaryRecord(summary: WaitSummary, query?: ResultQuery): unknown {
  const { results, started, withoutTask } = summary;
  return {
    exitCode: summary.exitCode,
    waitedMs: Math.round(summary.waitedMs),
    calls: summary.calls,
    ...(withoutTask === undefined
      ? {}
      : { outcome: withoutTask.outcome, error: toErrorRecord(withoutTask.error) }),
    tasks: [
      ...(started === undefined ? [] : [{ taskId: started, outcome: "started" }]),
      // The fields of a `settled` record of jsonl, so that both forms are read alike.
      ...results.map(({ taskId, calls, outcome }) => ({
        taskId,
        calls,
        ...outcomeFields(outcome),
        ...(query === undefined || outcome.kind !== "complete" ? {} : { value: query(outcome.task) }),
      })),
    ],
  };
}
