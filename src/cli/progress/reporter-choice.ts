import { performance } from "node:perf_hooks";
import process from "node:process";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { makeColor, wantsColor } from "../terminal/color.ts";
import { writeErr } from "../terminal/output.ts";
import { LineReporter } from "./line-reporter.ts";
import type { ProgressState } from "./progress-state.ts";
import { type Reporter, silentReporter } from "./reporter.ts";

/**
 * Live bars on a terminal, lines elsewhere, nothing when it is to be quiet.
 *
 * @returns What makes the reporter, so that it can be made in the same turn as the waits.
 */
export async function loadReporter(
  flags: Pick<WaitFlags, "quiet" | "progress" | "color">,
): Promise<(board: ProgressState) => Reporter> {
  if (flags.quiet) {
    return () => silentReporter;
  }
  const { stderr, env } = process;
  if (flags.progress && stderr.isTTY && env["TERM"] !== "dumb") {
    // The bars and what they need are loaded only where there is a terminal to draw them on.
    const { BarReporter } = await import("./bar-reporter.ts");
    const color = makeColor(wantsColor(flags.color, env, true));
    return (board) => new BarReporter(board, stderr, color);
  }
  return (board) => new LineReporter(board, writeErr, () => performance.now());
}
