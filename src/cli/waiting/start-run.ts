import type { Command } from "commander";
import {
  type BdrcClient,
  DEFAULT_TIMEOUT_MS,
  InvalidOptionError,
  type Outcome,
  type RunCheckpoint,
  type RunOutcome,
  runTask,
  type TaskRun,
  type TaskStart,
  TaskWaiter,
} from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { exitCodeOf, withExec } from "../errors/exit-code.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import type { WaitSettings } from "../flags/wait-settings.ts";
import type { Hooks } from "../hooks/hooks.ts";
import type { CallCount } from "../progress/call-count.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import { type CheckpointFrame, keptDeadlineMs, reopened, type StartLine } from "./checkpoint-frame.ts";
import { explainNoTask } from "./explain-no-task.ts";
import type { Interruption } from "./interruption.ts";
import { beforeLeaving, TELLS_LEAVING } from "./leaving-request.ts";
import { StartPhase } from "./start-phase.ts";
import { WaitDisplay } from "./wait-display.ts";

/** What to start, and how to wait for it. */
export interface StartRun {
  readonly start: TaskStart;
  /** How the file tells this start from others. */
  readonly line: StartLine;
  readonly client: BdrcClient;
  /** The client's calls. */
  readonly calls: CallCount;
  readonly flags: WaitFlags & { readonly wait: boolean };
  readonly settings: WaitSettings;
  readonly attempts: number;
  readonly command: Command;
  readonly interruption: Interruption;
  readonly hooks: Hooks;
  readonly file: CheckpointFile | undefined;
  /** Whose credentials are used, and where, as far as that can be told. */
  readonly account: string | undefined;
  /** What the file holds of this start. */
  readonly resumed: CheckpointFrame | undefined;
}

/**
 * Starts a task and waits for it, or goes on with the start that a file holds.
 *
 * @returns The exit code.
 */
export async function runStart(run: StartRun): Promise<number> {
  const waiter = new TaskWaiter({ source: run.client, ...run.settings.rate });
  const display = await WaitDisplay.load([waiter], run.calls, run.flags, run.settings);
  try {
    const task = beginRun(run, waiter);
    const { outageBudgetMs } = run.settings.resolved;
    const phase = new StartPhase(task, outageBudgetMs, run.flags.quiet === true || !run.flags.wait, () =>
      run.file?.saveIfPossible(),
    );
    run.hooks.keepBy(() => run.file?.saveIfPossible());
    run.hooks.followRun(task);
    show(run, task, display);
    const outcome = await task.outcome;
    phase.end();
    const executed = await run.hooks.executed();
    const exitCode = end(run, task, outcome, phase, display, executed);
    await run.hooks.delivered();
    return exitCode;
  } finally {
    display.stop();
    run.file?.end();
    await waiter.close();
  }
}

function beginRun(run: StartRun, waiter: TaskWaiter): TaskRun {
  const { account, file, line, resumed, settings, start } = run;
  // What an earlier process has sent is searched for; until that is found out, it has left.
  let hasLeft: boolean | undefined = resumed?.run?.sentAtMs === undefined ? undefined : true;
  let sentBy = hasLeft === undefined ? account : resumed?.account;
  // In another account it can't be told that it was not taken, so there it is never sent again.
  const { lapsesAfterMs, ...named } = start;
  const lapse =
    lapsesAfterMs !== undefined && sentBy !== undefined && sentBy === account ? { lapsesAfterMs } : {};
  // A start is in the file before it leaves: then it is found again, whatever becomes of this process.
  const kept: TaskStart = async (context) => {
    hasLeft = TELLS_LEAVING ? false : undefined;
    sentBy = account;
    saveOrRefuse(file);
    const stop = beforeLeaving(() => {
      if (hasLeft === false) {
        hasLeft = true;
        file?.save();
      }
    });
    try {
      return await start(context);
    } finally {
      stop();
    }
  };
  const task = runTask(Object.assign(kept, named, lapse) as TaskStart, {
    ...settings.given,
    waiter,
    attempts: run.attempts,
    signal: run.interruption.signal,
    ...(resumed?.run === undefined ? {} : { resume: reopenedRun(resumed.run, resumed, settings) }),
  });
  try {
    file?.begin(() => {
      const { wait, ...rest } = task.checkpoint();
      const sending = rest.sentAtMs === undefined || hasLeft === undefined ? {} : { hasLeft };
      return {
        start: line,
        run: rest,
        ...(sentBy === undefined ? {} : { account: sentBy }),
        ...sending,
        ...run.hooks.done,
        waits: wait === undefined ? [] : [wait],
      };
    });
  } catch (error) {
    // It begins in a microtask, so nothing has happened yet.
    void task.outcome;
    task.abandon();
    throw error;
  }
  return task;
}

function saveOrRefuse(file: CheckpointFile | undefined): void {
  try {
    file?.save();
  } catch (error) {
    throw new InvalidOptionError(describeError(error), { cause: error });
  }
}

function reopenedRun(
  state: RunCheckpoint,
  { waits }: CheckpointFrame,
  settings: WaitSettings,
): RunCheckpoint {
  const nowMs = Date.now();
  const { timeoutMs } = settings.given;
  const deadlineMs =
    timeoutMs === undefined ? keptDeadlineMs(state.deadlineMs, nowMs, DEFAULT_TIMEOUT_MS) : nowMs + timeoutMs;
  const [wait] = waits;
  return {
    ...state,
    deadlineMs,
    ...(wait === undefined ? {} : { wait: reopened(wait, nowMs, DEFAULT_TIMEOUT_MS, deadlineMs) }),
  };
}

function show(run: StartRun, task: TaskRun, display: WaitDisplay): void {
  let isShown = false;
  const begin = (taskId: string): void => {
    if (!run.flags.wait) {
      task.abandon();
    } else if (!isShown) {
      isShown = true;
      display.begin([taskId], () => run.file?.note());
    }
  };
  task.on("started", ({ taskId }) => begin(taskId));
  if (task.taskId !== undefined) {
    begin(task.taskId);
  }
}

function end(
  run: StartRun,
  task: TaskRun,
  outcome: RunOutcome,
  phase: StartPhase,
  display: WaitDisplay,
  executed: boolean,
): number {
  const { taskId } = task;
  const { exitCode: stopped } = run.interruption;
  if (taskId === undefined) {
    const end = explainNoTask({
      task,
      outcome,
      phase,
      interruption: run.interruption,
      taskType: run.start.taskType,
      isKept: run.file !== undefined,
    });
    return display.endWithoutTask(end);
  }
  if (!run.flags.wait && stopped === undefined) {
    return display.endStarted(taskId);
  }
  const exitCode = stopped ?? withExec(exitCodeOf(outcome as Outcome), executed);
  return display.end(exitCode, [[taskId, outcome as Outcome]], run);
}
