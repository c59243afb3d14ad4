import { SafeEmitter } from "../../async/safe-emitter.ts";
import type { Outcome } from "../../task/outcome.ts";
import type { Task } from "../../task/task.ts";
import { WAIT_EVENT_NAMES, type WaitEventName, type WaitEvents } from "../../task/wait-events.ts";
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
export interface GroupEnding {
  readonly taskId: string;
  readonly outcome: Outcome;
  readonly wait: TaskWait;
}

type MemberEventArgs = { [K in WaitEventName]: [payload: WaitEvents[K], wait: TaskWait] };

/** The arguments of a group's listeners, by event: those of its members, and its own progress. */
export interface GroupEventArgs extends MemberEventArgs {
  groupProgress: [progress: GroupProgressEvent];
}

/** The names of a group's events. */
export type GroupEventName = keyof GroupEventArgs;

/**
 * Waits for several tasks: a promise of all tasks in the order of their ids. When some do not complete, it
 * rejects after the last has ended, with the error of the first (in that order) that did not; the others are
 * in {@link outcomes} and in the iterator, so none hides another.
 */
export class TaskGroupWait extends Promise<readonly Task[]> {
  /** The waits, in the order of the ids. */
  readonly waits: readonly TaskWait[];
  readonly #emitter = new SafeEmitter<GroupEventArgs & Record<string, unknown[]>>();
  readonly #endings: GroupEnding[] = [];
  readonly #allEnded: Promise<readonly Outcome[]>;
  #wake: (() => void)[] = [];
  readonly #percents = new Map<TaskWait, number>();
  #percentSum = 0;
  #completeCount = 0;
  #isObserved = false;

  /** Promises derived from a group are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** @internal Groups are made by `waitForTasks`. */
  constructor(waits: readonly TaskWait[]) {
    let settle: [resolve: (tasks: readonly Task[]) => void, reject: (reason: unknown) => void] | undefined;
    super((resolve, reject) => {
      settle = [resolve, reject];
    });
    const [resolve, reject] = settle as NonNullable<typeof settle>;
    this.waits = waits;
    this.#allEnded = Promise.all(waits.map((wait) => wait.outcome));
    for (const wait of waits) {
      this.#follow(wait);
    }
    void this.#allEnded.then((outcomes) => {
      const failed = outcomes.find((outcome) => outcome.kind !== "complete");
      if (failed === undefined) {
        resolve(outcomes.map((outcome) => outcome.task as Task));
        return;
      }
      if (this.#isObserved) {
        this.catch(() => {});
      }
      reject(failed.error);
    });
  }

  /** How each wait ended, in the order of the ids. It never rejects. */
  get outcomes(): Promise<readonly Outcome[]> {
    this.#isObserved = true;
    return this.#allEnded;
  }

  /** Calls the listener at every event of this name, of any wait of the group. */
  on<K extends GroupEventName>(event: K, listener: (...args: GroupEventArgs[K]) => unknown): this {
    this.#observe(event);
    this.#emitter.on(event, listener as never);
    return this;
  }

  /** Calls the listener at the next event of this name, of any wait of the group. */
  once<K extends GroupEventName>(event: K, listener: (...args: GroupEventArgs[K]) => unknown): this {
    this.#observe(event);
    this.#emitter.once(event, listener as never);
    return this;
  }

  /** Takes a listener away. */
  off<K extends GroupEventName>(event: K, listener: (...args: GroupEventArgs[K]) => unknown): this {
    this.#emitter.off(event, listener as never);
    return this;
  }

  /** Each ending as it comes, whatever its kind; ends after the last. */
  async *[Symbol.asyncIterator](): AsyncGenerator<GroupEnding, undefined> {
    this.#isObserved = true;
    for (let read = 0; read < this.waits.length; read++) {
      while (this.#endings.length <= read) {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
      yield this.#endings[read] as GroupEnding;
    }
    return undefined;
  }

  /** Ends all waits of the group that are still in flight; see {@link TaskWait.abandon}. */
  abandon(reason?: unknown): void {
    for (const wait of this.waits) {
      wait.abandon(reason);
    }
  }

  #observe(event: GroupEventName): void {
    this.#isObserved ||= event === "settled";
  }

  #follow(wait: TaskWait): void {
    for (const name of WAIT_EVENT_NAMES) {
      wait.on(name, (payload: unknown) => {
        this.#emitter.emit(name, ...([payload, wait] as never));
      });
    }
    wait.on("progress", ({ task }) => {
      this.#count(wait, task.percent ?? 0);
      this.#emitProgress();
    });
    wait.on("settled", (outcome) => {
      this.#endings.push({ taskId: wait.taskId, outcome, wait });
      this.#completeCount += outcome.kind === "complete" ? 1 : 0;
      this.#count(wait, 100);
      this.#emitProgress();
      for (const wake of this.#wake.splice(0)) {
        wake();
      }
    });
  }

  #count(wait: TaskWait, percent: number): void {
    this.#percentSum += percent - (this.#percents.get(wait) ?? 0);
    this.#percents.set(wait, percent);
  }

  #emitProgress(): void {
    const total = this.waits.length;
    this.#emitter.emit("groupProgress", {
      total,
      settled: this.#endings.length,
      complete: this.#completeCount,
      percent: this.#percentSum / total,
    });
  }
}
