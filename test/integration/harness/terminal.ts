import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanEnvironment, MAIN } from "./command.ts";

const WAIT_MS = 40_000;
const POLL_EVERY_MS = 100;

/** Whether there is a tmux; in CI there must be one. */
export const hasTmux: boolean = spawnSync("tmux", ["-V"]).status === 0;

/** A real terminal of tmux in which a shell runs. */
export class Terminal {
  readonly #folder = mkdtempSync(join(tmpdir(), "taskwait-terminal-"));
  readonly #socket = join(this.#folder, "tmux");

  constructor(columns: number, rows: number, env: Readonly<Record<string, string>>) {
    const variables = { ...cleanEnvironment(env), LC_ALL: "C.UTF-8", PS1: "$ " };
    // Not on a command line, where everybody could read the keys.
    const script = Object.entries(variables)
      .map(([name, value]) => `export ${name}='${value}'`)
      .join("\n");
    writeFileSync(
      join(this.#folder, "rc"),
      `${script}\ntaskwait() { '${process.execPath}' '${MAIN}' "$@"; }\n`,
    );
    this.#tmux("-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", String(rows), "sh");
    this.type(`. '${join(this.#folder, "rc")}'; clear`);
  }

  /** Types a line and Enter. */
  type(line: string): void {
    this.#tmux("send-keys", "-l", line);
    this.#tmux("send-keys", "Enter");
  }

  /** Presses a key, in tmux's words: `C-c`. */
  press(key: string): void {
    this.#tmux("send-keys", key);
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** The lines on the screen, without blanks at their ends; with `history`, those that scrolled off too. */
  screen(history = false): readonly string[] {
    const text = this.#tmux("capture-pane", "-p", ...(history ? ["-S", "-"] : []));
    return text
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd());
  }

  /** Whether the cursor is shown. */
  hasCursor(): boolean {
    return this.#tmux("display-message", "-p", "#{cursor_flag}").trim() === "1";
  }

  /** The terminal's title, which a hostile name might want to set. */
  title(): string {
    return this.#tmux("display-message", "-p", "#{pane_title}").trim();
  }

  /** Resolves with the screen once it matches. */
  async until(pattern: RegExp): Promise<string> {
    for (const endMs = Date.now() + WAIT_MS; Date.now() < endMs; await sleep(POLL_EVERY_MS)) {
      const screen = this.screen().join("\n");
      if (pattern.test(screen)) {
        return screen;
      }
    }
    throw new Error(`the screen never matched ${pattern}:\n${this.screen(true).join("\n")}`);
  }

  close(): void {
    spawnSync("tmux", ["-u", "-S", this.#socket, "kill-server"]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync("tmux", ["-u", "-S", this.#socket, ...args], {
      encoding: "utf8",
      env: { ...cleanEnvironment(), LC_ALL: "C.UTF-8", TERM: "xterm-256color" },
    });
  }
}
