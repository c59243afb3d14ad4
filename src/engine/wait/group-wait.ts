import { SettledPromise } from "../../async/settled-promise.ts";
import { Settler } from "../../async/settler.ts";
import { endRecords, toEventRecord, type WaitEventRecord } from "../../task/event-record.ts";
import type { Outcome } from "../../task/outcome.ts";
import type { Task } from "../../task/task.ts";
import {
  WAIT_EVENT_NAMES,
  type WaitEvent,
  type WaitEventName,
  type WaitEvents,
} from "../../task/wait-events.ts";
import type { TaskWait } from "./task-wait.ts";

/** How far a group of waits has come. */
export interface GroupProgressEvent {
  /** Waits in the group. */
  readonly total: number;
  /** How many have settled, whatever their outcomes. */
  readonly settled: number;
  /** How many of them completed. */
  readonly complete: number;
  /** 0 to 100: the mean of the tasks' percentages, where a settled wait counts as 100. */
  readonly percent: number;
}

/** One ending in a group. */
export interface GroupEnding<T extends Task = Task> {
  readonly taskId: string;
  readonly outcome: Outcome<T>;
  readonly wait: TaskWait<T>;
}

/** The names of a group's events. */
export type GroupEventName = WaitEventName | "groupProgress";

/** The arguments of a group's listeners, by event: those of its members, and its own progress. */
export type GroupEventArgs = {
  readonly [K in GroupEventName]: [payload: GroupEvents[K], wait: TaskWait];
};

interface GroupEvents<T extends Task = Task> extends WaitEvents<T> {
  groupProgress: GroupProgressEvent;
}

/**
 * Waits for several tasks: a promise of all tasks in the order of their ids. When some do not complete, it
 * rejects after the last has ended, with the error of the first (in that order) that did not; the others are
 * in {@link outcomes} and in the iterator, so none hides another. With `failFast` the first that does not complete ends
 * the others, and its error is the group's.
 *
 * Its events are those of its waits, and `groupProgress`; every listener also gets the wait that it is about. The
 * iterator gives each ending as it comes, whatever its kind, and ends after the last.
 */
export class TaskGroupWait<T extends Task = Task> extends SettledPromise<
  readonly T[],
  readonly Outcome<T>[],
  GroupEvents<T>,
  GroupEnding<T>,
  [wait: TaskWait<T>],
  WaitEventRecord
> {
  /** The waits, in the order of the ids. */
  readonly waits: readonly TaskWait<T>[];
  readonly #core: GroupCore<T>;

  /** @internal Groups are made by `waitForTasks`. */
  constructor(waits: readonly TaskWait<T>[], failFast = false) {
    const core = new GroupCore(waits, failFast);
    super(core);
    this.#core = core;
    this.waits = waits;
  }

  /** How each wait ended, in the order of the ids. It never rejects. */
  get outcomes(): Promise<readonly Outcome<T>[]> {
    return this.#core.observeOutcome();
  }

  /**
   * Says that tasks of the group may have ended; see {@link TaskWait.hint}.
   *
   * @param taskId - Which one; all of them by default.
   * @returns Whether a wait that is meant is still in flight; `false` means that nothing was done.
   */
  hint(taskId?: string): boolean {
    const meant = this.waits.filter((wait) => taskId === undefined || wait.taskId === taskId);
    return meant.map((wait) => wait.hint()).includes(true);
  }

  /** Ends all waits of the group that are still in flight; see {@link TaskWait.abandon}. */
  abandon(reason?: unknown): void {
    for (const wait of this.waits) {
      wait.abandon(reason);
    }
  }
}

/** A wait, as far as one of its events goes. */
interface Tells<K extends WaitEventName, T extends Task> {
  on(name: K, listener: (payload: GroupEvents<T>[K]) => unknown): unknown;
}

/** The inside of a group: it passes on what its waits tell, and settles with the last of them. */
class GroupCore<T extends Task> extends Settler<
  readonly T[],
  readonly Outcome<T>[],
  GroupEvents<T>,
  GroupEnding<T>,
  [wait: TaskWait<T>],
  WaitEventRecord
> {
  readonly #waits: readonly TaskWait<T>[];
  readonly #endings: GroupEnding<T>[] = [];
  readonly #percents = new Map<TaskWait<T>, number>();
  readonly #failFast: boolean;
  #percentSum = 0;
  #completeCount = 0;

  constructor(waits: readonly TaskWait<T>[], failFast: boolean) {
    super("all");
    this.#waits = waits;
    this.#failFast = failFast;
    for (const wait of waits) {
      for (const name of WAIT_EVENT_NAMES) {
        this.#passOn(name, wait, wait);
      }
      wait.on("progress", ({ task }) => this.#count(wait, task.percent ?? 0));
      wait.on("settled", (outcome) => this.#take(wait, outcome));
    }
  }

  protected override itemsSoFar(): readonly GroupEnding<T>[] {
    return this.#endings;
  }

  protected override recordsSoFar(): readonly WaitEventRecord[] {
    return this.#endings.flatMap(({ taskId, outcome }) => endRecords(outcome, taskId, Date.now()));
  }

  /** Of the waits' own events: how far the group has come follows from them. */
  protected override toRecord<K extends GroupEventName>(
    name: K,
    payload: GroupEvents<T>[K],
    { taskId }: TaskWait<T>,
  ): WaitEventRecord | undefined {
    return name === "groupProgress"
      ? undefined
      : toEventRecord({ name, payload } as WaitEvent, taskId, Date.now());
  }

  #passOn<K extends WaitEventName>(name: K, from: Tells<K, T>, wait: TaskWait<T>): void {
    from.on(name, (payload) => this.emitEvent(name, payload, wait));
  }

  #take(wait: TaskWait<T>, outcome: Outcome<T>): void {
    const ending = { taskId: wait.taskId, outcome, wait };
    this.#endings.push(ending);
    this.#completeCount += outcome.kind === "complete" ? 1 : 0;
    if (this.hears("settled")) {
      this.observe();
    }
    this.push(ending);
    this.#count(wait, 100);
    const isFirstFailure = this.#endings.length === this.#completeCount + 1;
    if (this.#failFast && isFirstFailure && outcome.kind !== "complete") {
      this.#abandonOthers(wait);
    }
    if (this.#endings.length === this.#waits.length) {
      this.#end();
    }
  }

  #abandonOthers(wait: TaskWait<T>): void {
    const reason = new DOMException(
      `task ${wait.taskId} did not complete, and failFast is set`,
      "AbortError",
    );
    for (const other of this.#waits) {
      if (other !== wait) {
        other.abandon(reason);
      }
    }
  }

  #end(): void {
    if (this.outcome !== undefined) {
      return;
    }
    const byWait = new Map(this.#endings.map(({ wait, outcome }) => [wait, outcome]));
    const outcomes = this.#waits.map((wait) => byWait.get(wait) as Outcome<T>);
    const inOrder = this.#failFast ? this.#endings.map(({ outcome }) => outcome) : outcomes;
    const failed = inOrder.find((outcome) => outcome.kind !== "complete");
    const tasks = outcomes.map(({ task }) => task as T);
    this.settle(outcomes, failed === undefined ? { value: tasks } : { error: failed.error }, false);
    this.finish(outcomes);
  }

  #count(wait: TaskWait<T>, percent: number): void {
    this.#percentSum += percent - (this.#percents.get(wait) ?? 0);
    this.#percents.set(wait, percent);
    const total = this.#waits.length;
    const progress: GroupProgressEvent = {
      total,
      settled: this.#endings.length,
      complete: this.#completeCount,
      percent: this.#percentSum / total,
    };
    this.emitEvent("groupProgress", progress, wait);
  }
}
