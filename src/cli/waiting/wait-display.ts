import { performance } from "node:perf_hooks";
import process from "node:process";
import {
  formatDurationMs,
  type Outcome,
  type TaskWait,
  type TaskWaiter,
  WAIT_EVENT_NAMES,
  type WaitEvent,
} from "../../index.ts";
import { EXIT } from "../errors/exit-code.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import type { WaitSettings } from "../flags/wait-settings.ts";
import { type CallCount, callsText } from "../progress/call-count.ts";
import { ProgressState } from "../progress/progress-state.ts";
import type { Reporter } from "../progress/reporter.ts";
import { loadReporter } from "../progress/reporter-choice.ts";
import { type Annotations, annotationsFor } from "../terminal/annotations.ts";
import { printError } from "../terminal/messages.ts";
import { makeResultWriter, type ResultWriter, type WaitSummary } from "../terminal/result-writer.ts";
import { writeOut } from "../terminal/standard-output.ts";
import { type EndContext, explainEnds } from "./explain-ends.ts";
import type { NoTaskEnd } from "./explain-no-task.ts";

type MakeReporter = Awaited<ReturnType<typeof loadReporter>>;

/** How the waits of some waiters are shown, and where their events and results go. */
export class WaitDisplay {
  readonly #waiters: readonly TaskWaiter[];
  readonly #flags: WaitFlags;
  readonly #makeReporter: MakeReporter;
  readonly #writer: ResultWriter;
  readonly #annotations: Annotations = annotationsFor(process.env);
  readonly #startedMs = performance.now();
  readonly #calls: CallCount;
  #reporter: Reporter | undefined;

  /** Loads what it takes to show waits as the flags say. */
  static async load(
    waiters: readonly TaskWaiter[],
    calls: CallCount,
    flags: WaitFlags,
    settings: WaitSettings,
  ): Promise<WaitDisplay> {
    const makeReporter = await loadReporter({ ...flags, logIntervalMs: settings.logIntervalMs });
    return new WaitDisplay(waiters, calls, flags, settings, makeReporter);
  }

  private constructor(
    waiters: readonly TaskWaiter[],
    calls: CallCount,
    flags: WaitFlags,
    { query }: WaitSettings,
    makeReporter: MakeReporter,
  ) {
    this.#waiters = waiters;
    this.#calls = calls;
    this.#flags = flags;
    this.#makeReporter = makeReporter;
    this.#writer = makeResultWriter(flags.output, (line) => writeOut(`${line}\n`), Date.now, query);
  }

  /**
   * Shows these tasks from now on. To be called in the turn in which their waits are made, so that nothing of them
   * is missed.
   *
   * @param noted - Is told of every event.
   * @param labelOf - What a wait's task is called; by default its id.
   */
  begin(
    taskIds: readonly string[],
    noted: () => void,
    labelOf: (wait: TaskWait) => string = ({ taskId }) => taskId,
  ): void {
    if (!this.#flags.quiet) {
      this.#annotations.begin(
        taskIds.length === 1 ? `Waiting for ${taskIds[0]}` : `Waiting for ${taskIds.length} tasks`,
      );
    }
    const state = new ProgressState(taskIds, performance.now(), this.#calls);
    const reporter = this.#makeReporter(state);
    this.#reporter = reporter;
    for (const name of WAIT_EVENT_NAMES) {
      const listen = (payload: unknown, wait: TaskWait): void => {
        const event = { name, payload } as WaitEvent;
        const label = labelOf(wait);
        state.note(event, label, performance.now());
        reporter.event(event, label);
        this.#writer.event(event, label);
        noted();
      };
      for (const waiter of this.#waiters) {
        waiter.on(name, listen);
      }
    }
  }

  /** Takes the live rows away. */
  stop(): void {
    if (this.#reporter !== undefined) {
      this.#reporter.finish();
      this.#reporter = undefined;
      if (!this.#flags.quiet) {
        this.#annotations.end();
      }
    }
  }

  /**
   * Says how all has ended, and prints the results.
   *
   * @returns The exit code.
   */
  end(
    exitCode: number,
    outcomes: readonly (readonly [taskId: string, outcome: Outcome])[],
    context: Pick<EndContext, "command" | "interruption">,
  ): number {
    this.stop();
    const results = outcomes.map(([taskId, outcome]) => ({
      taskId,
      outcome,
      calls: this.#calls.of(taskId),
    }));
    const summary = this.#summary(exitCode, results);
    if (outcomes.length > 1 && !this.#flags.quiet) {
      printError(
        `${outcomes.length} tasks in ${formatDurationMs(summary.waitedMs)}, ${callsText(summary.calls)}`,
      );
    }
    explainEnds(summary, { ...context, annotations: this.#annotations });
    this.#writer.end(summary);
    return exitCode;
  }

  /** Says why a start came to no task. */
  endWithoutTask({ exitCode, message, outcome, error }: NoTaskEnd): number {
    this.stop();
    this.#annotations.error(message);
    this.#writer.end({ ...this.#summary(exitCode), withoutTask: { outcome, error } });
    return exitCode;
  }

  /** Prints the id of a task that is not waited for. */
  endStarted(taskId: string): number {
    this.#writer.end({ ...this.#summary(EXIT.complete), started: taskId });
    return EXIT.complete;
  }

  #summary(exitCode: number, results: WaitSummary["results"] = []): WaitSummary {
    return {
      exitCode,
      waitedMs: performance.now() - this.#startedMs,
      calls: this.#calls.total,
      results,
    };
  }
}
