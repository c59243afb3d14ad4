import type { Command } from "commander";
import {
  DEFAULT_TIMEOUT_MS,
  type Outcome,
  type TaskSource,
  type TaskWait,
  TaskWaiter,
  type WaitCheckpoint,
} from "../../index.ts";
import type { SourcedTask } from "../apis/task-sources.ts";
import { exitCodeOf, exitCodeOfAll, exitCodeOfAny, withExec } from "../errors/exit-code.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import type { WaitSettings } from "../flags/wait-settings.ts";
import type { Hooks } from "../hooks/hooks.ts";
import type { CallCount } from "../progress/call-count.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import { type CheckpointFrame, labelOfCheckpoint, reopened } from "./checkpoint-frame.ts";
import type { Interruption } from "./interruption.ts";
import { WaitDisplay } from "./wait-display.ts";

/** What to wait for, and how. */
export interface WaitRun {
  readonly tasks: readonly SourcedTask[];
  /** The calls of their sources. */
  readonly calls: CallCount;
  readonly flags: WaitFlags;
  readonly settings: WaitSettings;
  /** How much of the time that `--timeout` gives has passed: a listing took it. */
  readonly usedMs: number;
  /** The command that runs; its flags are repeated in the command that goes on. */
  readonly command: Command;
  readonly interruption: Interruption;
  readonly hooks: Hooks;
  /** What is resumed. */
  readonly resumed?: CheckpointFrame | undefined;
  readonly file?: CheckpointFile | undefined;
}

/**
 * Waits for all tasks (with `--any` for the first that completes, with `--fail-fast` until one does not), shows how it goes on, prints the results.
 *
 * @returns The exit code.
 * @throws InvalidOptionError or UsageError before the first call.
 */
export async function runWaits(run: WaitRun): Promise<number> {
  const waiters = new Map<TaskSource, TaskWaiter>();
  for (const { source } of run.tasks) {
    // Each API has the rate of --rate to itself: services count calls apart, and one's tasks would wait for another's.
    waiters.set(source, waiters.get(source) ?? new TaskWaiter({ source, ...run.settings.rate }));
  }
  const display = await WaitDisplay.load([...waiters.values()], run.calls, run.flags, run.settings);
  try {
    const waits = startWaits(run, waiters);
    const labels = new Map(waits.map((wait, index) => [wait, run.tasks[index]?.label ?? wait.taskId]));
    const labelOf = (wait: TaskWait): string => labels.get(wait) ?? wait.taskId;
    // Of a start, what was started stays in the file.
    run.file?.begin(() => ({
      ...run.resumed,
      ...run.hooks.done,
      waits: waits.map((wait) => wait.checkpoint()),
    }));
    run.hooks.keepBy(() => run.file?.saveIfPossible());
    run.hooks.followWaits(waiters.values(), labelOf);
    display.begin(
      run.tasks.map(({ label }) => label),
      () => run.file?.note(),
      labelOf,
    );
    const { outcomes, decisive } = await settled(waits, run.flags);
    const executed = await run.hooks.executed();
    const exitCode =
      run.interruption.exitCode ?? withExec(exitCodeBy(run.flags, outcomes, decisive), executed);
    display.end(
      exitCode,
      waits.map((wait, index) => [labelOf(wait), outcomes[index] as Outcome]),
      run,
    );
    await run.hooks.delivered();
    return exitCode;
  } finally {
    display.stop();
    run.file?.end();
    await Promise.all([...waiters.values()].map((waiter) => waiter.close()));
  }
}

/** All waits are made before the first call goes out, so a bad id or option stops them all. */
function startWaits(run: WaitRun, waiters: ReadonlyMap<TaskSource, TaskWaiter>): readonly TaskWait[] {
  const { signal } = run.interruption;
  const { timeoutMs, ...rest } = run.settings.given;
  const leftMs = timeoutMs === undefined ? undefined : Math.max(0, timeoutMs - run.usedMs);
  const given = { ...rest, ...(leftMs === undefined ? {} : { timeoutMs: leftMs }) };
  const nowMs = Date.now();
  const deadlineMs = leftMs === undefined ? undefined : nowMs + leftMs;
  const checkpoints = new Map<string, WaitCheckpoint>(
    run.resumed?.waits.map((checkpoint) => [labelOfCheckpoint(checkpoint), checkpoint]),
  );
  return run.tasks.flatMap(({ taskId, api, source }) => {
    const checkpoint = checkpoints.get(api === undefined ? taskId : `${api.name}:${taskId}`);
    const resume =
      checkpoint === undefined ? {} : { resume: reopened(checkpoint, nowMs, DEFAULT_TIMEOUT_MS, deadlineMs) };
    const wait = waiters.get(source)?.wait(taskId, { ...given, ...resume, signal });
    // Asking for it counts as listening: should a later id be bad, the end of this wait is nobody's surprise.
    void wait?.outcome;
    return wait ?? [];
  });
}

interface Settled {
  readonly outcomes: readonly Outcome[];
  /** The outcome that ended the other waits, with `--any` and `--fail-fast`. */
  readonly decisive: Outcome | undefined;
}

async function settled(
  waits: readonly TaskWait[],
  { any, failFast }: Pick<WaitFlags, "any" | "failFast">,
): Promise<Settled> {
  let decisive: Outcome | undefined;
  const outcomes = await Promise.all(
    waits.map(async (wait) => {
      const outcome = await wait.outcome;
      const isComplete = outcome.kind === "complete";
      if (decisive === undefined && ((any && isComplete) || (failFast && !isComplete))) {
        decisive = outcome;
        const end = isComplete ? "completed first" : "did not complete";
        for (const other of waits) {
          if (other !== wait) {
            other.abandon(new Error(`not waited for any longer: ${wait.taskId} ${end}`));
          }
        }
      }
      return outcome;
    }),
  );
  return { outcomes, decisive };
}

function exitCodeBy(
  { any }: Pick<WaitFlags, "any">,
  outcomes: readonly Outcome[],
  decisive: Outcome | undefined,
): number {
  if (any) {
    return exitCodeOfAny(outcomes);
  }
  return decisive === undefined ? exitCodeOfAll(outcomes) : exitCodeOf(decisive);
}
