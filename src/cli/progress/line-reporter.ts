import { formatDurationMs, printable, type WaitEvent } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import type { ProgressState, TaskView } from "./progress-state.ts";
import type { Reporter } from "./reporter.ts";

// Many waits on one client are throttled together: one line says it for all.
const THROTTLED_EVERY_MS = 5000;

/** One line per change, for pipes, files and CI. */
export class LineReporter implements Reporter {
  readonly #board: ProgressState;
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  #throttledAtMs = Number.NEGATIVE_INFINITY;

  constructor(board: ProgressState, write: (line: string) => void, now: () => number) {
    this.#board = board;
    this.#write = write;
    this.#now = now;
  }

  event(event: WaitEvent, taskId: string): void {
    if (event.name === "throttled") {
      if (this.#now() < this.#throttledAtMs + THROTTLED_EVERY_MS) {
        return;
      }
      this.#throttledAtMs = this.#now();
    }
    const line = eventLine(event, this.#board.view(taskId), this.#now());
    if (line !== undefined) {
      this.#write(line);
    }
  }

  finish(): void {}
}

/** What one event says to people; most events say nothing that another one does not. */
export function eventLine(
  event: WaitEvent,
  view: TaskView | undefined,
  nowMs: number = Number.NaN,
): string | undefined {
  switch (event.name) {
    case "status":
      // With progress, the progress event that follows tells the status too.
      return event.payload.task.progress === undefined ||
        event.payload.task.progress === event.payload.previous?.progress
        ? changeLine(event.payload.task, view, nowMs)
        : undefined;
    case "progress":
      return changeLine(event.payload.task, view, nowMs, event.payload.etaMs);
    case "retry": {
      const { taskId, error, failures, nextPollMs } = event.payload;
      const times = failures === 1 ? "" : ` (${failures} times in a row)`;
      return `${printable(taskId)}: no usable answer${times}: ${describeError(error)}; asking again in ${formatDurationMs(nextPollMs)}`;
    }
    case "throttled":
      return `the service asks to slow down: ${describeError(event.payload.error)}; asking again in ${formatDurationMs(event.payload.nextPollMs)}`;
    case "warning":
      return `warning: ${printable(event.payload.message)}`;
    default:
      return undefined;
  }
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
  etaMs?: number,
): string {
  const percent = task.percent === undefined ? "" : ` ${trimmed(task.percent)}%`;
  const name = task.taskName ? ` (${printable(task.taskName, 60)})` : "";
  const elapsed =
    view === undefined || Number.isNaN(nowMs) ? "" : ` after ${formatDurationMs(nowMs - view.sinceMs)}`;
  const eta = etaMs === undefined ? "" : `, about ${formatDurationMs(etaMs)} left`;
  return `${printable(task.taskId)}${name} ${printable(task.taskStatus, 40)}${percent}${elapsed}${eta}`;
}

function trimmed(percent: number): string {
  return percent.toFixed(1).replace(/\.0$/, "");
}
