import { performance } from "node:perf_hooks";
import process from "node:process";
import type { Command } from "commander";
import {
  type BdrcClient,
  type Outcome,
  type TaskWait,
  TaskWaiter,
  WAIT_EVENT_NAMES,
  type WaitEvent,
} from "../../index.ts";
import { exitCodeOfAll, exitCodeOfAny } from "../errors/exit-code.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { DEFAULT_TIMEOUT_MS, parseRate, waitOptionsOf } from "../flags/wait-settings.ts";
import { ProgressState } from "../progress/progress-state.ts";
import type { Reporter } from "../progress/reporter.ts";
import { loadReporter } from "../progress/reporter-choice.ts";
import { annotationsFor } from "../terminal/annotations.ts";
import { printError, writeOut } from "../terminal/output.ts";
import { makeResultWriter, type WaitSummary } from "../terminal/result-writer.ts";
import { CheckpointFile, type Checkpoints, reopened } from "./checkpoint-file.ts";
import { explainEnds } from "./explain-ends.ts";
import type { Interruption } from "./interruption.ts";

/** What to wait for, and how. */
export interface WaitRun {
  readonly taskIds: readonly string[];
  readonly client: BdrcClient;
  readonly flags: WaitFlags;
  /** The command that runs; its flags are repeated in the command that goes on. */
  readonly command: Command;
  readonly interruption: Interruption;
  readonly checkpoints?: Checkpoints;
}

/**
 * Waits for all tasks (with `--any`: for the first that completes), shows how it goes on, prints the results.
 *
 * @returns The exit code.
 * @throws InvalidOptionError or UsageError before the first call.
 */
export async function runWaits(run: WaitRun): Promise<number> {
  const { flags } = run;
  const makeReporter = await loadReporter(flags);
  const rate = flags.rate === undefined ? {} : { rate: { perSecond: parseRate(flags.rate) } };
  const waiter = new TaskWaiter({ source: run.client, ...rate });
  try {
    return await runOn(waiter, run, makeReporter);
  } finally {
    await waiter.close();
  }
}

async function runOn(
  waiter: TaskWaiter,
  run: WaitRun,
  makeReporter: (board: ProgressState) => Reporter,
): Promise<number> {
  const { taskIds, flags } = run;
  const startedMs = performance.now();
  const waits = startWaits(run, waiter);
  const checkpointFile =
    flags.checkpoint === undefined ? undefined : new CheckpointFile(flags.checkpoint, printError);
  checkpointFile?.begin(waits);
  const annotations = annotationsFor(process.env);
  if (!flags.quiet) {
    annotations.begin(
      taskIds.length === 1 ? `Waiting for ${taskIds[0]}` : `Waiting for ${taskIds.length} tasks`,
    );
  }
  const writer = makeResultWriter(flags.output, (line) => writeOut(`${line}\n`), Date.now);
  const board = new ProgressState(taskIds, startedMs);
  const reporter = makeReporter(board);
  // In the turn in which the waits were made: so nothing of them is missed.
  for (const name of WAIT_EVENT_NAMES) {
    waiter.on(name, (payload: unknown, { taskId }) => {
      const event = { name, payload } as WaitEvent;
      board.note(event, taskId, performance.now());
      reporter.event(event, taskId);
      writer.event(event, taskId);
      checkpointFile?.note();
    });
  }
  let outcomes: readonly Outcome[];
  try {
    outcomes = await settled(waits, flags.any === true);
  } finally {
    reporter.finish();
    checkpointFile?.end();
    if (!flags.quiet) {
      annotations.end();
    }
  }
  const results = waits.map(({ taskId }, index) => ({
    taskId,
    calls: board.view(taskId)?.calls ?? 0,
    outcome: outcomes[index] as Outcome,
  }));
  const exitCode =
    run.interruption.exitCode ?? (flags.any ? exitCodeOfAny(outcomes) : exitCodeOfAll(outcomes));
  const summary: WaitSummary = { exitCode, waitedMs: performance.now() - startedMs, results };
  explainEnds(summary, { annotations, command: run.command, signalName: run.interruption.signalName });
  writer.end(summary);
  return exitCode;
}

/** All waits are made before the first call goes out, so a bad id or option stops them all. */
function startWaits(run: WaitRun, waiter: TaskWaiter): readonly TaskWait[] {
  const { signal } = run.interruption;
  const options = waitOptionsOf(run.flags);
  const nowMs = Date.now();
  const deadlineMs = options.timeoutMs === undefined ? undefined : nowMs + options.timeoutMs;
  return run.taskIds.map((taskId) => {
    const checkpoint = run.checkpoints?.get(taskId);
    const resume =
      checkpoint === undefined ? {} : { resume: reopened(checkpoint, nowMs, DEFAULT_TIMEOUT_MS, deadlineMs) };
    const wait = waiter.wait(taskId, { ...options, ...resume, signal });
    // Asking for it counts as listening: should a later id be bad, the end of this wait is nobody's surprise.
    void wait.outcome;
    return wait;
  });
}

async function settled(waits: readonly TaskWait[], any: boolean): Promise<readonly Outcome[]> {
  return await Promise.all(
    waits.map(async (wait) => {
      const outcome = await wait.outcome;
      if (any && outcome.kind === "complete") {
        for (const other of waits) {
          if (other !== wait) {
            other.abandon(new Error(`not waited for any longer: ${wait.taskId} completed first`));
          }
        }
      }
      return outcome;
    }),
  );
}
