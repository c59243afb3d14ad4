import { formatDurationMs, printable, type WaitEvent } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { troubleOf } from "../errors/trouble.ts";
import { countByStatus, type ProgressState, statusWord, type TaskView } from "./progress-state.ts";
import type { Reporter } from "./reporter.ts";

/** Changes of status as lines, and one line that sums up at an interval, for pipes, files and CI. */
export class LineReporter implements Reporter {
  readonly #state: ProgressState;
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #intervalMs: number;
  readonly #summaryTimer: NodeJS.Timeout;
  // Trouble that many waits share, or that goes on, is told once an interval.
  readonly #toldAtMs = new Map<string, number>();

  constructor(state: ProgressState, write: (line: string) => void, now: () => number, intervalMs: number) {
    this.#state = state;
    this.#write = write;
    this.#now = now;
    this.#intervalMs = intervalMs;
    this.#summaryTimer = setInterval(() => write(summaryLine(state.views, now())), intervalMs);
  }

  event(event: WaitEvent, taskId: string): void {
    const line = eventLine(event, this.#state.view(taskId), this.#now());
    if (line !== undefined && !this.#wasTold(event)) {
      this.#write(line);
    }
  }

  finish(): void {
    clearInterval(this.#summaryTimer);
  }

  #wasTold(event: WaitEvent): boolean {
    if (event.name !== "retry" && event.name !== "throttled") {
      return false;
    }
    const nowMs = this.#now();
    for (const [trouble, toldAtMs] of this.#toldAtMs) {
      if (nowMs >= toldAtMs + this.#intervalMs) {
        this.#toldAtMs.delete(trouble);
      }
    }
    const trouble = troubleOf(event.payload.error, event.payload.taskId);
    const wasTold = this.#toldAtMs.has(trouble);
    if (!wasTold) {
      this.#toldAtMs.set(trouble, nowMs);
    }
    return wasTold;
  }
}

/** What one event says to people; most events say nothing that another one does not. */
export function eventLine(
  event: WaitEvent,
  view: TaskView | undefined,
  nowMs: number = Number.NaN,
): string | undefined {
  switch (event.name) {
    case "status":
      return changeLine(event.payload.task, view, nowMs);
    case "retry": {
      const { taskId, error, failures, nextPollMs } = event.payload;
      const times = failures === 1 ? "" : ` (${failures} times in a row)`;
      return `${printable(view?.taskId ?? taskId)}: no usable answer${times}: ${describeError(error)}; asking again in ${formatDurationMs(nextPollMs)}`;
    }
    case "throttled":
      return `the service asks to slow down: ${describeError(event.payload.error)}; asking again in ${formatDurationMs(event.payload.nextPollMs)}`;
    case "warning":
      return `warning: ${printable(event.payload.message)}`;
    default:
      return undefined;
  }
}

/** Where all tasks stand. */
function summaryLine(views: readonly TaskView[], nowMs: number): string {
  const [first] = views;
  if (first === undefined) {
    return "no task yet";
  }
  const elapsed = formatDurationMs(nowMs - first.sinceMs);
  if (views.length > 1) {
    return `${views.length} tasks after ${elapsed}: ${countByStatus(views, (word) => printable(word, 40))}`;
  }
  const { taskId, percent, expectedEndMs = 0, expectedByRuns } = first;
  const shown = percent === undefined ? "" : ` ${trimmed(percent)}%`;
  const source = expectedByRuns === undefined ? "" : `, as the last ${expectedByRuns}`;
  const left =
    expectedEndMs > nowMs ? `, about ${formatDurationMs(expectedEndMs - nowMs)} left${source}` : "";
  return `${printable(taskId)} ${printable(statusWord(first), 40)}${shown} after ${elapsed}${left}`;
}

function changeLine(
  task: {
    readonly taskId: string;
    readonly taskName?: string;
    readonly taskStatus: string;
    readonly percent?: number;
  },
  view: TaskView | undefined,
  nowMs: number,
): string {
  const percent = task.percent === undefined ? "" : ` ${trimmed(task.percent)}%`;
  const name = task.taskName ? ` (${printable(task.taskName, 60)})` : "";
  const elapsed =
    view === undefined || Number.isNaN(nowMs) ? "" : ` after ${formatDurationMs(nowMs - view.sinceMs)}`;
  return `${printable(view?.taskId ?? task.taskId)}${name} ${printable(task.taskStatus, 40)}${percent}${elapsed}`;
}

function trimmed(percent: number): string {
  return percent.toFixed(1).replace(/\.0$/, "");
}
