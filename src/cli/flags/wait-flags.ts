import { type Command, Option } from "commander";
import type { ColorChoice } from "../terminal/color.ts";
import type { OutputForm } from "../terminal/result-writer.ts";

/** The flags of a command that waits, as commander gives them. */
export interface WaitFlags {
  readonly any?: true;
  readonly timeout?: string;
  readonly pollTimeout?: string;
  readonly waitPrice?: string;
  readonly minInterval?: string;
  readonly maxInterval?: string;
  readonly outageBudget?: string;
  readonly notFoundGrace?: string;
  readonly rate?: string;
  readonly logInterval?: string;
  readonly resume?: string;
  readonly checkpoint?: string;
  readonly output: OutputForm;
  readonly quiet?: true;
  readonly progress: boolean;
  readonly color: ColorChoice;
  readonly verbose?: true;
}

/** Adds the flags that say how to wait. */
export function addWaitFlags(command: Command): Command {
  return command
    .option("--timeout <duration>", "give up after this long; 0 asks once (default: 24h)")
    .option("--wait-price <duration>", "how much unnoticed waiting one call is worth (default: 500ms)")
    .option("--min-interval <duration>", "shortest time between two polls (default: 200ms)")
    .option("--max-interval <duration>", "longest time between two polls (default: 5m)")
    .option("--poll-timeout <duration>", "give up one call after this long (default: 10s)")
    .option("--outage-budget <duration>", "go on this long without one usable answer (default: 5m)")
    .option(
      "--not-found-grace <duration>",
      "go on this long while the service knows no such task (default: 30s)",
    )
    .option("--rate <calls>", "calls per second for all tasks together, such as 20/s (default: adaptive)");
}

/** Adds the flags of checkpoints. */
export function addCheckpointFlags(command: Command): Command {
  return command
    .option("--checkpoint <file>", "keep the state of the wait in this file")
    .option("--resume <file>", "go on with the wait that a --checkpoint file holds");
}

/** Adds the flags that say what is shown while a command waits, and what it prints. */
export function addOutputFlags(command: Command): Command {
  return command
    .addOption(
      new Option("-o, --output <form>", "what to print on standard output")
        .choices(["text", "json", "jsonl"])
        .default("text"),
    )
    .option("-q, --quiet", "no progress and no warnings, only results and errors")
    .option("--no-progress", "lines instead of live rows, also on a terminal")
    .option("--log-interval <duration>", "how often a line sums up, without a terminal (default: 30s)")
    .addOption(colorOption())
    .addOption(verboseOption());
}

/** `--color`. */
export function colorOption(): Option {
  return new Option("--color <when>", "colours on a terminal")
    .choices(["auto", "always", "never"])
    .default("auto");
}

/** `--verbose`. */
export function verboseOption(): Option {
  return new Option("-v, --verbose", "one line per call: status, time, request id");
}
