import type { PortableWaitOptions } from "../durable/step.ts";
import type { WaitState } from "../policy/wait-state.ts";
import type { WaitEventRecord } from "../task/event-record.ts";
import type { Task } from "../task/task.ts";

/** What a job carries: one task, and all that is known of it. */
export interface TaskJobData {
  readonly taskId: string;
  readonly options: Omit<PortableWaitOptions, "resume" | "justStarted">;
  readonly state: WaitState;
}

/** What a job tells at each look. */
export interface TaskJobProgress {
  readonly state: WaitState;
  readonly events: readonly WaitEventRecord[];
}

/** What is needed of a BullMQ `Job`. */
export interface TaskJob {
  readonly id?: string | undefined;
  readonly data: TaskJobData;
  readonly failedReason?: string | undefined;
  updateData(data: TaskJobData): Promise<void>;
  updateProgress(progress: object): Promise<void>;
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
  getState(): Promise<string>;
  remove(): Promise<void>;
}

/** What is needed of a BullMQ `Queue`, whatever its backend. */
export interface TaskJobQueue {
  add(name: string, data: TaskJobData, options: object): Promise<unknown>;
  getJob(id: string): Promise<unknown>;
}

// biome-ignore lint/suspicious/noExplicitAny: BullMQ types each event apart, and its backends in their own ways.
type Untyped = any;

/** A listener of a `QueueEvents`. */
export type JobListener = (about: Untyped) => void;

/** What is needed of a BullMQ `QueueEvents`, whatever its backend. */
export interface TaskJobEvents {
  on(event: Untyped, listener: JobListener): unknown;
  off(event: Untyped, listener: JobListener): unknown;
  waitUntilReady(): Promise<unknown>;
}

/** The result of a job whose task is COMPLETE. */
export type TaskJobResult = Task;

/** The id of a task's job. BullMQ allows no colon in it. */
export function jobIdOf(taskId: string): string {
  return taskId.replaceAll(":", "%3A");
}
