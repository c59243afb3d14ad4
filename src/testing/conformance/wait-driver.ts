import type { WaitCheckpoint } from "../../policy/state/wait-state.ts";
import type { OutcomeKind } from "../../task/outcome.ts";
import type { TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";

/** The options that every driver takes, in milliseconds. They mean what they mean in `WaitOptions`. */
export interface DrivenWaitOptions {
  readonly timeoutMs?: number;
  readonly pollTimeoutMs?: number;
  readonly waitPriceMs?: number;
  readonly minIntervalMs?: number;
  readonly maxIntervalMs?: number;
  readonly outageBudgetMs?: number;
  readonly notFoundGraceMs?: number;
  /** Goes on with an earlier wait. */
  readonly resume?: WaitCheckpoint;
}

/** How a driven wait ended. Errors may have crossed a process: `code` and `message` are what is left. */
export interface DrivenOutcome {
  readonly kind: OutcomeKind;
  readonly task?: Task;
  readonly error?: unknown;
}

/** One wait as a driver runs it. */
export interface DrivenWait {
  readonly outcome: Promise<DrivenOutcome>;
  /** Ends this wait and no other. Left out, its tests are skipped. */
  abort?(reason: unknown): Promise<void> | void;
  /** The wait's state as plain JSON. Left out, the tests of resuming are skipped. */
  checkpoint?(): Promise<WaitCheckpoint> | WaitCheckpoint;
}

/** Something that waits for tasks: the engine of this package, or a durable engine behind an adapter. */
export interface WaitDriver {
  /** Begins to wait for the task. */
  start(source: TaskSource, taskId: string, options: DrivenWaitOptions): DrivenWait | Promise<DrivenWait>;
  /** Frees what the driver holds. */
  close?(): Promise<void> | void;
}

/** Makes a driver for one test. */
export type MakeDriver = () => WaitDriver | Promise<WaitDriver>;
