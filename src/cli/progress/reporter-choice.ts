import { performance } from "node:perf_hooks";
import process from "node:process";
import { type ColorChoice, makeColor, wantsColor } from "../terminal/color.ts";
import { writeErr } from "../terminal/messages.ts";
import { LineReporter } from "./line-reporter.ts";
import type { ProgressState } from "./progress-state.ts";
import { type Reporter, silentReporter } from "./reporter.ts";

// In fewer columns a row says nothing. A terminal that does not know its size says 0.
const MIN_ROW_COLUMNS = 20;
// The cursor takes one row.
const MIN_ROWS = 2;

/** What is to be shown. */
export interface ReporterChoice {
  readonly quiet?: true;
  /** Live rows, where there is a terminal. */
  readonly progress: boolean;
  readonly color: ColorChoice;
  /** How often lines sum up. */
  readonly logIntervalMs: number;
}

/**
 * Live rows on a terminal that has room for them and is no log of a build, lines elsewhere, nothing when it is to be quiet.
 *
 * @returns What makes the reporter, so that it can be made in the same turn as the waits.
 */
export async function loadReporter(choice: ReporterChoice): Promise<(state: ProgressState) => Reporter> {
  if (choice.quiet) {
    return () => silentReporter;
  }
  const { stderr, env } = process;
  if (choice.progress && stderr.isTTY && hasRoom(stderr) && env["TERM"] !== "dumb" && !isLogged(env)) {
    // The rows and what they need are loaded only where there is a terminal to draw them on.
    const { RowReporter } = await import("./row-reporter.ts");
    const color = makeColor(wantsColor(choice.color, env, true));
    return (state) => new RowReporter(state, stderr, color);
  }
  return (state) => new LineReporter(state, writeErr, () => performance.now(), choice.logIntervalMs);
}

function hasRoom({ columns = MIN_ROW_COLUMNS, rows = MIN_ROWS }: NodeJS.WriteStream): boolean {
  return columns >= MIN_ROW_COLUMNS && rows >= MIN_ROWS;
}

// Services that build give their commands a terminal and keep all of its output as a log.
function isLogged({ CI = "" }: NodeJS.ProcessEnv): boolean {
  return !["", "0", "false"].includes(CI);
}
