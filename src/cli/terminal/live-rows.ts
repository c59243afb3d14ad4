import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { createLogUpdate } from "log-update";
import { displayWidth } from "./display-width.ts";

const CLEAR_LINE_ABOVE = "\u001b[1A\u001b[2K";

/** Rows at the bottom of a terminal that are redrawn in place. Lines that stay go above them. */
export class LiveRows {
  readonly #terminal: WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #makeRows: () => readonly string[];
  readonly #onResize = (): void => this.#redrawAll();
  #rows: readonly string[] = [];

  /** @param makeRows - Gives the rows as they are now, each no wider than the terminal. */
  constructor(terminal: WriteStream, makeRows: () => readonly string[]) {
    this.#terminal = terminal;
    this.#update = createLogUpdate(terminal);
    this.#makeRows = makeRows;
    terminal.on("resize", this.#onResize);
    this.draw();
  }

  draw(): void {
    this.#rows = this.#makeRows();
    this.#update(this.#rows.join("\n"));
  }

  /** Writes a line above the rows. */
  log(line: string): void {
    this.#update.clear();
    this.#terminal.write(`${line}\n`);
    this.draw();
  }

  /** Leaves the rows where they are, and the cursor below them. */
  end(): void {
    this.#terminal.off("resize", this.#onResize);
    this.draw();
    this.#update.done();
  }

  // A terminal breaks lines that have become too long, so the rows may cover more lines than were drawn.
  #redrawAll(): void {
    const columns = Math.max(1, this.#terminal.columns ?? 80);
    let broken = 0;
    for (const row of this.#rows) {
      broken += Math.max(0, Math.ceil(displayWidth(stripVTControlCharacters(row)) / columns) - 1);
    }
    this.#update.clear();
    this.#terminal.write(`${CLEAR_LINE_ABOVE.repeat(broken)}\r`);
    this.draw();
  }
}
