import { type Command, Option } from "commander";
import type { ColorChoice } from "../terminal/color.ts";
import type { OutputForm } from "../terminal/result-writer.ts";
import { addTaskQueryFlags } from "./task-query-flags.ts";

/** The flags of a command that waits, as commander gives them. */
export interface WaitFlags {
  readonly any?: true;
  readonly failFast?: true;
  readonly all?: true;
  readonly allowEmpty?: true;
  readonly timeout?: string;
  readonly pollTimeout?: string;
  readonly waitPrice?: string;
  readonly minInterval?: string;
  readonly maxInterval?: string;
  readonly interval?: string;
  readonly outageBudget?: string;
  readonly notFoundGrace?: string;
  readonly rate?: string;
  readonly logInterval?: string;
  readonly resume?: string;
  readonly checkpoint?: string;
  readonly output: OutputForm;
  readonly query?: string;
  readonly quiet?: true;
  readonly progress: boolean;
  readonly color: ColorChoice;
  readonly verbose?: true;
}

/** Adds the flags about several tasks. */
export function addManyFlags(command: Command): Command {
  command
    .option("--any", "until the first task completes, instead of all")
    .option("--fail-fast", "end all as soon as one task does not complete")
    .option("--all", "all tasks that have not ended, as a listing shows them; 0 if there are none");
  return addTaskQueryFlags(command, "with --all, ").option(
    "--allow-empty",
    "no task is no mistake: exit with 0",
  );
}

/** Adds the flags that say how to wait. */
export function addWaitFlags(command: Command): Command {
  return command
    .option("--timeout <duration>", "give up after this long; 0 asks once (default: 24h)")
    .option("--wait-price <duration>", "how much unnoticed waiting one call is worth (default: 500ms)")
    .option("--min-interval <duration>", "shortest time between two polls (default: 200ms)")
    .option("--max-interval <duration>", "longest time between two polls (default: 5m)")
    .option("--interval <duration>", "the same time between any two polls")
    .option("--poll-timeout <duration>", "give up one call after this long (default: 10s)")
    .option("--outage-budget <duration>", "go on this long without one usable answer (default: 5m)")
    .option(
      "--not-found-grace <duration>",
      "go on this long while the service knows no such task (default: 30s)",
    )
    .option("--rate <calls>", "calls per second for all tasks of one API, such as 20/s (default: adaptive)");
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
    .addOption(jsonOption())
    .option("--query <expression>", "JMESPath: print of each completed task's result only what this gives")
    .option("-q, --quiet", "no progress and no warnings, only results and errors")
    .option("--no-progress", "lines instead of live rows, also on a terminal")
    .option("--log-interval <duration>", "how often a line sums up, without a terminal (default: 30s)")
    .addOption(colorOption())
    .addOption(verboseOption());
}

/** `--json`. */
export function jsonOption(): Option {
  return new Option("--json", "the same as --output json");
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
