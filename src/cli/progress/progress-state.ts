import type { OutcomeKind, WaitEvent } from "../../index.ts";
import type { CallCount } from "./call-count.ts";

/** What is known of one task, for those who show it. */
export interface TaskView {
  readonly taskId: string;
  /** Monotonic milliseconds. */
  readonly sinceMs: number;
  readonly name?: string;
  readonly status?: string;
  /** 0 to 100. */
  readonly percent?: number;
  /** Monotonic milliseconds; when the task is expected to end. */
  readonly expectedEndMs?: number;
  /** How many earlier tasks of its type say so; absent when its own progress does. */
  readonly expectedByRuns?: number;
  /** Calls for this task alone. */
  readonly calls: number;
  /** Bad answers in a row. */
  readonly failures: number;
  readonly ended?: { readonly kind: OutcomeKind; readonly atMs: number };
}

/** What a task is to a reader: trouble comes first, what is over last. */
export type TaskGroup = "failed" | "open" | "complete";

/** The group that a task belongs to. One that was left while it ran has not failed. */
export function groupOf({ ended }: TaskView): TaskGroup {
  switch (ended?.kind) {
    case undefined:
    case "aborted":
    case "timedOut":
      return "open";
    case "complete":
      return "complete";
    default:
      return "failed";
  }
}

/** The word for where a task stands. */
export function statusWord({ ended, failures, status }: TaskView): string {
  switch (ended?.kind) {
    case undefined:
      return failures > 0 ? "retrying" : (status ?? "asking");
    case "timedOut":
      return "timeout";
    case "notFound":
      return "unknown";
    case "unreachable":
      return "no reply";
    case "denied":
      return "denied";
    default:
      return status ?? "left";
  }
}

/** `2 failed, 5 running`: how many tasks stand where, trouble first. */
export function countByStatus(views: readonly TaskView[], show: (word: string) => string): string {
  const counts = new Map<string, number>();
  for (const view of inOrderOfConcern(views)) {
    const word = show(statusWord(view)).toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}

/** Failed tasks, then open ones, then completed ones; each group in the order of the arguments. */
export function inOrderOfConcern(views: readonly TaskView[]): readonly TaskView[] {
  const groups: Record<TaskGroup, TaskView[]> = { failed: [], open: [], complete: [] };
  for (const view of views) {
    groups[groupOf(view)].push(view);
  }
  return [...groups.failed, ...groups.open, ...groups.complete];
}

/** The views of all tasks of one command, in the order of its arguments. */
export class ProgressState {
  readonly #views: Map<string, TaskView>;
  readonly #calls: CallCount;

  constructor(taskIds: readonly string[], nowMs: number, calls: CallCount) {
    this.#views = new Map(
      taskIds.map((taskId) => [taskId, { taskId, sinceMs: nowMs, calls: 0, failures: 0 }]),
    );
    this.#calls = calls;
  }

  get views(): readonly TaskView[] {
    return [...this.#views.values()].map((view) => ({ ...view, calls: this.#calls.of(view.taskId) }));
  }

  view(taskId: string): TaskView | undefined {
    return this.#views.get(taskId);
  }

  /** Takes in what a wait told. A task that was not known, such as that of a further attempt, is added. */
  note(event: WaitEvent, taskId: string, nowMs: number): void {
    const view = this.#views.get(taskId) ?? { taskId, sinceMs: nowMs, calls: 0, failures: 0 };
    this.#views.set(taskId, noted(view, event, nowMs));
  }
}

function noted(view: TaskView, event: WaitEvent, nowMs: number): TaskView {
  switch (event.name) {
    case "poll": {
      const { taskName, taskStatus, percent } = event.payload.task;
      const { etaMs, etaRuns } = event.payload;
      const { expectedByRuns, ...rest } = view;
      const byRuns = etaMs === undefined ? expectedByRuns : etaRuns;
      return {
        ...rest,
        failures: 0,
        status: taskStatus,
        ...(taskName ? { name: taskName } : {}),
        ...(percent === undefined ? {} : { percent }),
        ...(etaMs === undefined ? {} : { expectedEndMs: nowMs + etaMs }),
        ...(byRuns === undefined ? {} : { expectedByRuns: byRuns }),
      };
    }
    case "progress": {
      const { expectedEndMs: _, expectedByRuns: __, ...rest } = view;
      const { etaMs } = event.payload;
      return { ...rest, ...(etaMs === undefined ? {} : { expectedEndMs: nowMs + etaMs }) };
    }
    case "retry":
      return { ...view, failures: event.payload.failures };
    case "settled":
      return { ...view, ended: { kind: event.payload.kind, atMs: nowMs } };
    default:
      return view;
  }
}
