import { performance } from "node:perf_hooks";
import type { WriteStream } from "node:tty";
import type { Color } from "../terminal/color.ts";
import { LiveRows } from "../terminal/live-rows.ts";
import { divertLines, writeErr } from "../terminal/messages.ts";
import { eventLine } from "./line-reporter.ts";
import type { ProgressState } from "./progress-state.ts";
import type { Reporter } from "./reporter.ts";
import { taskTable } from "./task-table.ts";

const FRAME_MS = 125;

/** One live row per task on a terminal. */
export class RowReporter implements Reporter {
  readonly #state: ProgressState;
  readonly #rows: LiveRows;
  #frames: NodeJS.Timeout | undefined;

  constructor(state: ProgressState, terminal: WriteStream, color: Color) {
    this.#state = state;
    this.#rows = new LiveRows(terminal, () =>
      taskTable(state.views, {
        // The last column stays free: a terminal may break a line that fills it.
        columns: (terminal.columns ?? 80) - 1,
        // The last line is for the cursor when all is over.
        room: Math.max(1, (terminal.rows ?? 24) - 1),
        nowMs: performance.now(),
        color,
      }),
    );
    divertLines((line) => this.#rows.log(line));
    this.#frames = setInterval(() => this.#rows.draw(), FRAME_MS);
  }

  event(...[event, taskId]: Parameters<Reporter["event"]>): void {
    // Rows tell the rest.
    if (event.name === "warning") {
      writeErr(eventLine(event, this.#state.view(taskId)) ?? "");
    }
  }

  finish(): void {
    if (this.#frames !== undefined) {
      clearInterval(this.#frames);
      this.#frames = undefined;
      divertLines();
      this.#rows.end();
    }
  }
}
