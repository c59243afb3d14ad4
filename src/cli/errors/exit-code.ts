import type { Outcome } from "../../index.ts";

/** What the command exits with; the table is in docs/cli.md. */
export const EXIT = {
  complete: 0,
  failed: 1,
  usage: 2,
  expired: 3,
  canceled: 4,
  unreachable: 5,
  notFound: 6,
  denied: 7,
  execFailed: 8,
  timedOut: 124,
  hungUp: 129,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const;

/** The exit code of one outcome; an abort is the caller's own doing and counts as an interruption. */
export function exitCodeOf(outcome: Outcome): number {
  return outcome.kind === "aborted" ? EXIT.interrupted : EXIT[outcome.kind];
}

/** With several tasks: the code of the first, in the order of the arguments, that did not complete. */
export function exitCodeOfAll(outcomes: readonly Outcome[]): number {
  const first = outcomes.find((outcome) => outcome.kind !== "complete");
  return first === undefined ? EXIT.complete : exitCodeOf(first);
}

/** With `--any`: 0 when one task completed, otherwise as {@link exitCodeOfAll}. */
export function exitCodeOfAny(outcomes: readonly Outcome[]): number {
  return outcomes.some((outcome) => outcome.kind === "complete") ? EXIT.complete : exitCodeOfAll(outcomes);
}

/** How tasks ended goes before what the command of `--exec` came to. */
export function withExec(exitCode: number, wentWell: boolean): number {
  return exitCode === EXIT.complete && !wentWell ? EXIT.execFailed : exitCode;
}
