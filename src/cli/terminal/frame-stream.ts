import { displayWidth } from "./display-width.ts";

const ESCAPE = String.fromCharCode(27);
// Colours: the only sequences in rows.
const COLORS = new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g");

/** The part of a terminal's stream that is needed here. */
export interface TerminalStream {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/**
 * Stands between the progress bars and the terminal: a whole frame becomes one write, and a frame like the one
 * before becomes none, so that nothing flickers.
 */
export class FrameStream {
  readonly isTTY = true;
  // Rows are cut to the real width before they come here, by columns; the bars would cut colour codes apart.
  readonly columns: number = Number.MAX_SAFE_INTEGER;
  readonly #terminal: TerminalStream;
  #frame = "";
  #last = "";
  #muted = false;

  constructor(terminal: TerminalStream) {
    this.#terminal = terminal;
  }

  write(text: string): boolean {
    if (!this.#muted) {
      this.#frame += text;
    }
    return true;
  }

  /** Sends what was written since the last time. */
  flush(): void {
    const frame = this.#frame;
    this.#frame = "";
    if (frame !== "" && frame !== this.#last) {
      this.#last = frame;
      this.#terminal.write(frame);
    }
  }

  /** Runs something whose output is to be lost. */
  mute(action: () => void): void {
    this.#muted = true;
    try {
      action();
    } finally {
      this.#muted = false;
    }
  }

  /**
   * Wipes rows that were drawn before the terminal changed its width. A terminal breaks lines that have become
   * too long, so they may cover more lines than they were.
   */
  wipe(rows: readonly string[]): void {
    const columns = Math.max(1, this.#terminal.columns ?? 80);
    let lines = 0;
    for (const row of rows) {
      lines += Math.max(1, Math.ceil(displayWidth(row.replace(COLORS, "")) / columns));
    }
    const up = lines > 1 ? `${ESCAPE}[${lines - 1}A` : "";
    // Line by line: some terminals keep a copy of what "erase below" erases.
    const erased = Array.from({ length: lines }, () => `${ESCAPE}[2K`).join(`${ESCAPE}[1B`);
    this.#frame = "";
    this.#last = "";
    this.#terminal.write(`\r${up}${erased}\r${up}`);
  }
}
