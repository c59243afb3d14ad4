import type { OutcomeKind, WaitEvent } from "../../index.ts";

/** What is known of one task, for whoever shows it. */
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
  /** Answers about this task, good and bad. */
  readonly calls: number;
  /** Bad answers in a row. */
  readonly failures: number;
  readonly ended?: { readonly kind: OutcomeKind; readonly atMs: number };
}

/** The views of all tasks of one command, in the order of its arguments. */
export class ProgressState {
  readonly #views: Map<string, TaskView>;

  constructor(taskIds: readonly string[], nowMs: number) {
    this.#views = new Map(
      taskIds.map((taskId) => [taskId, { taskId, sinceMs: nowMs, calls: 0, failures: 0 }]),
    );
  }

  get views(): readonly TaskView[] {
    return [...this.#views.values()];
  }

  view(taskId: string): TaskView | undefined {
    return this.#views.get(taskId);
  }

  /** Takes in what a wait told. */
  note(event: WaitEvent, taskId: string, nowMs: number): void {
    const view = this.#views.get(taskId);
    if (view !== undefined) {
      this.#views.set(taskId, noted(view, event, nowMs));
    }
  }
}

function noted(view: TaskView, event: WaitEvent, nowMs: number): TaskView {
  switch (event.name) {
    case "poll": {
      const { taskName, taskStatus, percent } = event.payload.task;
      return {
        ...view,
        calls: view.calls + 1,
        failures: 0,
        status: taskStatus,
        ...(taskName ? { name: taskName } : {}),
        ...(percent === undefined ? {} : { percent }),
      };
    }
    case "progress": {
      const { expectedEndMs: _, ...rest } = view;
      const { etaMs } = event.payload;
      return { ...rest, ...(etaMs === undefined ? {} : { expectedEndMs: nowMs + etaMs }) };
    }
    case "retry":
      return { ...view, calls: view.calls + 1, failures: event.payload.failures };
    case "throttled":
      return { ...view, calls: view.calls + 1 };
    case "settled":
      return { ...view, ended: { kind: event.payload.kind, atMs: nowMs } };
    default:
      return view;
  }
}
