import { performance } from "node:perf_hooks";
import type { WriteStream } from "node:tty";
import cliProgress, { type MultiBar, type Options } from "cli-progress";
import type { Color } from "../terminal/color.ts";
import { FrameStream } from "../terminal/frame-stream.ts";
import { divertLines, writeErr } from "../terminal/output.ts";
import { eventLine } from "./line-reporter.ts";
import type { ProgressState, TaskView } from "./progress-state.ts";
import type { Reporter } from "./reporter.ts";
import { restRow, taskRow } from "./task-row.ts";

const FRAMES_PER_SECOND = 8;

/** One live bar per task on a terminal; what finds no room there becomes one line that sums it up. */
export class BarReporter implements Reporter {
  readonly #board: ProgressState;
  readonly #terminal: WriteStream;
  readonly #color: Color;
  readonly #frames: FrameStream;
  readonly #onResize = (): void => this.#restart();
  #bars: MultiBar | undefined;
  #rows: readonly string[] = [];

  constructor(board: ProgressState, terminal: WriteStream, color: Color) {
    this.#board = board;
    this.#terminal = terminal;
    this.#color = color;
    this.#frames = new FrameStream(terminal);
    this.#start();
    terminal.on("resize", this.#onResize);
    divertLines((line) => this.#bars?.log(`${line}\n`));
  }

  event(...[event, taskId]: Parameters<Reporter["event"]>): void {
    // Bars tell the rest.
    if (event.name === "warning") {
      writeErr(eventLine(event, this.#board.view(taskId)) ?? "");
    }
  }

  finish(): void {
    if (this.#bars !== undefined) {
      this.#terminal.off("resize", this.#onResize);
      divertLines();
      this.#render();
      // What was logged since the last frame is lost unless there is one more.
      this.#bars.update();
      this.#bars.stop();
      this.#frames.flush();
      this.#bars = undefined;
    }
  }

  #start(): void {
    const bars = new cliProgress.MultiBar({
      stream: this.#frames as unknown as NodeJS.WritableStream,
      fps: FRAMES_PER_SECOND,
      hideCursor: true,
      // Rows are cut here; a process that is killed must not leave a terminal that doesn't wrap.
      linewrap: true,
      // Logged lines push the rows down, unchanged ones too.
      forceRedraw: true,
      format: (_options, _params, slot: { readonly index: number }) => this.#rows[slot.index] ?? "",
    });
    this.#bars = bars;
    this.#render();
    for (const index of this.#rows.keys()) {
      bars.create(1, 0, { index });
    }
    bars.on("update-pre", () => this.#render());
    bars.on("update-post", () => this.#frames.flush());
    bars.update();
  }

  #restart(): void {
    this.#frames.mute(() => this.#bars?.stop());
    this.#frames.wipe(this.#rows);
    this.#start();
  }

  #render(): void {
    const { views } = this.#board;
    const columns = (this.#terminal.columns ?? 80) - 1;
    // The last line is for the cursor when all is over.
    const room = Math.max(1, (this.#terminal.rows ?? 24) - 1);
    const shown = views.length <= room ? views : mostWorthSeeing(views).slice(0, room - 1);
    const hidden = views.filter((view) => !shown.includes(view));
    const style = { columns, nowMs: performance.now(), color: this.#color, drawBar };
    this.#rows = [
      ...shown.map((view) => taskRow(view, style)),
      ...(hidden.length > 0 ? [restRow(hidden, columns, this.#color)] : []),
    ];
  }
}

/** Running tasks before ended ones, both in the order of the arguments. */
function mostWorthSeeing(views: readonly TaskView[]): readonly TaskView[] {
  return [
    ...views.filter((view) => view.ended === undefined),
    ...views.filter((view) => view.ended !== undefined),
  ];
}

function drawBar(progress: number, columns: number): string {
  return cliProgress.Format.BarFormat(progress, {
    barsize: columns,
    barCompleteString: "█".repeat(columns),
    barIncompleteString: "░".repeat(columns),
    barGlue: "",
  } as Options);
}
