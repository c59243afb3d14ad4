import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { needsEarlierRuns } from "../../policy/decide/earlier-runs.ts";
import { MAX_TYPES, type TaskHistory } from "../../policy/forecast/history.ts";
import { observeError } from "../../policy/observe/observe.ts";
import type { TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";
import { answerOf, type RateLimits } from "../rate/rate-limits.ts";
import type { TrackedTask } from "../tasks/tracked-task.ts";
import { requestPage } from "./request-page.ts";

// Enough for the run times that are kept, if a source can't filter by type.
const PAGE_SIZE = 100;

/**
 * Asks for one page of ended tasks of a type, once, when that saves the waits more than the call costs: their run times
 * are a history that no wait had to learn.
 */
export class EndedPages {
  readonly #source: TaskSource;
  readonly #callTimeoutMs: number;
  readonly #clock: MonotonicClock;
  readonly #limits: RateLimits<TrackedTask>;
  readonly #asked = new Set<string>();
  readonly #underWay = new Set<AbortController>();

  constructor(
    options: {
      readonly source: TaskSource;
      readonly callTimeoutMs: number;
    },
    clock: MonotonicClock,
    limits: RateLimits<TrackedTask>,
  ) {
    this.#source = options.source;
    this.#callTimeoutMs = options.callTimeoutMs;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many were asked for. */
  get count(): number {
    return this.#asked.size;
  }

  /** Whether a page pays off now that the task was seen to go on. */
  isWanted({ task, waits }: TrackedTask, history: TaskHistory, clockOffsetMs: number | undefined): boolean {
    if (task === undefined || this.#asked.has(task.taskType ?? "")) {
      return false;
    }
    const context = { nowMs: this.#clock.nowMs(), history, clockOffsetMs };
    return (
      this.#asked.size < MAX_TYPES &&
      waits.some(({ state, options }) => needsEarlierRuns(state, options, context))
    );
  }

  /** The page; empty when it does not come. It is not asked for again. */
  async read(taskType: string | undefined): Promise<readonly Task[]> {
    this.#asked.add(taskType ?? "");
    const stop = new AbortController();
    const { signal } = stop;
    this.#underWay.add(stop);
    try {
      await this.#limits.list.acquire(signal);
      return await this.#call(taskType, signal);
    } catch {
      return [];
    } finally {
      this.#underWay.delete(stop);
    }
  }

  /** No task is left. */
  stop(): void {
    for (const controller of this.#underWay) {
      controller.abort();
    }
  }

  async #call(taskType: string | undefined, signal: AbortSignal): Promise<readonly Task[]> {
    const query = {
      taskStatus: "COMPLETE",
      ...(taskType === undefined ? {} : { taskType }),
      maxResults: PAGE_SIZE,
    };
    try {
      const { tasks } = await requestPage(this.#source, query, { timeoutMs: this.#callTimeoutMs, signal });
      this.#limits.listed("accepted");
      return tasks;
    } catch (error) {
      if (signal.aborted) {
        this.#limits.list.cancelled();
      } else {
        this.#limits.listed(...answerOf(observeError(error)));
      }
      return [];
    }
  }
}
