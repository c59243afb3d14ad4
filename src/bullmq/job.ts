import type { PortableWaitOptions } from "../durable/step.ts";
import type { WaitState } from "../policy/state/wait-state.ts";
import type { WaitEventRecord } from "../task/event-record.ts";
import type { Task } from "../task/task.ts";

/** What a job carries: one task, and all that is known of it. */
export interface TaskJobData {
  /** The task to poll. */
  readonly taskId: string;
  /** How to wait, over the defaults of the processor. */
  readonly options: Omit<PortableWaitOptions, "resume" | "justStarted">;
  /** The wait as of the last poll. */
  readonly state: WaitState;
}

/** What a job tells at each poll. */
export interface TaskJobProgress {
  /** The wait as of this poll. */
  readonly state: WaitState;
  /** What a `TaskWait` would emit, as plain JSON. */
  readonly events: readonly WaitEventRecord[];
}

/** What is needed of a BullMQ `Job`; all of it is as BullMQ describes it. */
export interface TaskJob {
  /** The task's id, its colons escaped. */
  readonly id?: string | undefined;
  /** What it carries. */
  readonly data: TaskJobData;
  /** Why it failed, if it did. */
  readonly failedReason?: string | undefined;
  /** Replaces the data. */
  updateData(data: TaskJobData): Promise<void>;
  /** Tells all that listen to the queue's events. */
  updateProgress(progress: object): Promise<void>;
  /** Puts it back until a time in Unix milliseconds. */
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
  /** Such as `completed`, `failed` or `delayed`. */
  getState(): Promise<string>;
  /** Takes it out of the queue; rejects while a worker has it. */
  remove(): Promise<void>;
}

/** What is needed of a BullMQ `Queue`, whatever its backend. */
export interface TaskJobQueue {
  /** Puts a job in, unless one of its id is there. */
  add(name: string, data: TaskJobData, options: object): Promise<unknown>;
  /** The job of an id, if it is there. */
  getJob(id: string): Promise<unknown>;
}

// biome-ignore lint/suspicious/noExplicitAny: BullMQ types each event apart, and its backends in their own ways.
type Untyped = any;

/** A listener of a `QueueEvents`. */
export type JobListener = (about: Untyped) => void;

/** What is needed of a BullMQ `QueueEvents`, whatever its backend. */
export interface TaskJobEvents {
  /** Adds a listener. */
  on(event: Untyped, listener: JobListener): unknown;
  /** Takes a listener away. */
  off(event: Untyped, listener: JobListener): unknown;
  /** Resolves when events of the queue arrive. */
  waitUntilReady(): Promise<unknown>;
}

/** The result of a job whose task is COMPLETE. */
export type TaskJobResult = Task;

/** The id of a task's job. BullMQ allows no colon in it. */
export function jobIdOf(taskId: string): string {
  return taskId.replaceAll(":", "%3A");
}
