// What the declarations need, whatever "lib" and "target" a consumer has.
/// <reference lib="es2023" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Waits as jobs of BullMQ, on Redis or PostgreSQL: any number of workers poll, all together at one rate, and a killed
 * one loses nothing. Needs the optional peer `bullmq`.
 *
 * @packageDocumentation
 */
export type {
  JobListener,
  TaskJob,
  TaskJobData,
  TaskJobEvents,
  TaskJobProgress,
  TaskJobQueue,
  TaskJobResult,
} from "./job.ts";
export { type TaskProcessor, type TaskProcessorOptions, taskProcessor } from "./processor.ts";
export type { QueuedWait } from "./queued-wait.ts";
export { TaskQueue, type TaskQueueOptions } from "./task-queue.ts";
export { type TaskWorkerOptions, taskWorkerOptions } from "./worker-options.ts";
