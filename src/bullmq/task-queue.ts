import { sleep } from "../async/sleep.ts";
import { refuseOption } from "../durable/driver-options.ts";
import { beginPortable } from "../durable/step.ts";
import { checkOptionNames } from "../options/check-options.ts";
import { checkTaskId } from "../options/task-id.ts";
import { resolveWaitOptions, type WaitOptions } from "../policy/state/wait-options.ts";
import { isFinalStatus } from "../task/status.ts";
import { jobIdOf, type TaskJob, type TaskJobData, type TaskJobEvents, type TaskJobQueue } from "./job.ts";
import { JobFollower } from "./job-follower.ts";
import { JobHub } from "./job-hub.ts";
import { QueuedWait } from "./queued-wait.ts";

/** The two ends of a queue, on Redis or on PostgreSQL. */
export interface TaskQueueOptions {
  /** A BullMQ `Queue`. */
  readonly queue: TaskJobQueue;
  /** A BullMQ `QueueEvents` of the same queue. */
  readonly queueEvents: TaskJobEvents;
}

const ACTION = "TaskQueue";
const NAMES: ReadonlySet<string> = new Set(["queue", "queueEvents"]);
// Long enough for a producer that comes back to find out how it went.
const KEPT_SECONDS = 3600;
const REDO_MS = 1000;
const REMOVE_TRIES = 100;
const REMOVE_EVERY_MS = 50;

/**
 * Waits for producers: each task is one job, however many wait for it and wherever they are. A wait that is dropped
 * here goes on there, until its deadline. The queue and its events stay the caller's, to close when all is done.
 *
 * @example
 * ```ts
 * const tasks = new TaskQueue({ queue, queueEvents });
 * const task = await tasks.wait("t-0000e4w0u1v592zdf6s7", { timeout: "2h" });
 * ```
 */
export class TaskQueue {
  readonly #queue: TaskJobQueue;
  readonly #hub: JobHub;

  /** @throws `InvalidOptionError` when an end of the queue is missing. */
  constructor(options: TaskQueueOptions) {
    checkOptionNames(options, NAMES, ACTION);
    const { queue, queueEvents } = options as Partial<TaskQueueOptions>;
    if (typeof queue?.getJob !== "function") {
      refuseOption(ACTION, "queue", "a Queue of BullMQ", queue);
    }
    if (typeof queueEvents?.waitUntilReady !== "function") {
      refuseOption(ACTION, "queueEvents", "the QueueEvents of the same queue", queueEvents);
    }
    this.#queue = queue;
    this.#hub = new JobHub(queueEvents);
  }

  /**
   * Waits for a task. The options of who comes first are those of the job; everybody's own deadline holds for his
   * own wait.
   *
   * @param options - Durations in milliseconds, or as text; defaults are those of `waitForTask`, and for the polling
   * those of the processor.
   * @throws `InvalidOptionError` at once for a bad id or option. The promise rejects with what that of `waitForTask`
   * rejects with; with `UnreachableError` also when the job failed for a reason of its own.
   */
  wait(taskId: string, options: WaitOptions = {}): QueuedWait {
    checkTaskId(taskId);
    const resolved = resolveWaitOptions(options, undefined, "wait");
    const { signal, resume, justStarted, ...portable } = options;
    const state = beginPortable(taskId, { resume, justStarted }, resolved, Date.now());
    const follower = new JobFollower(this.#hub, {
      state,
      signal,
      add: (from) => this.#add({ taskId, options: portable, state: from }),
      find: async () => (await this.#queue.getJob(jobIdOf(taskId))) as TaskJob | undefined,
    });
    const wait = new QueuedWait(follower);
    void Promise.resolve().then(() => follower.begin());
    return wait;
  }

  /**
   * Ends the polling of a task for all that wait for it.
   *
   * Their waits end as `aborted`.
   *
   * @returns Whether there was a job.
   * @throws What the queue throws, when a worker holds the job for more than five seconds.
   */
  async cancel(taskId: string): Promise<boolean> {
    checkTaskId(taskId);
    for (let tries = 1; ; tries++) {
      const job = (await this.#queue.getJob(jobIdOf(taskId))) as TaskJob | undefined;
      if (job === undefined) {
        return tries > 1;
      }
      try {
        await job.remove();
      } catch (error) {
        // Locked by a worker that is polling right now.
        if (tries >= REMOVE_TRIES) {
          throw error;
        }
      }
      await sleep(REMOVE_EVERY_MS);
    }
  }

  async #add(data: TaskJobData): Promise<void> {
    const jobId = jobIdOf(data.taskId);
    const old = (await this.#queue.getJob(jobId)) as TaskJob | undefined;
    if (old !== undefined && (await isStale(old))) {
      await old.remove().catch(() => {});
    }
    await this.#queue.add("wait", data, {
      jobId,
      // A poll that could not be kept, because the server of the queue was down, is no end of the wait. What is one,
      // the processor says.
      attempts: 1_000_000,
      backoff: { type: "fixed", delay: REDO_MS },
      removeOnComplete: { age: KEPT_SECONDS },
      removeOnFail: { age: KEPT_SECONDS },
    });
  }
}

/** Whether it has ended, but not because the task has: a new wait wants a new poll. */
async function isStale(job: TaskJob): Promise<boolean> {
  const state = await job.getState();
  const status = job.data.state.task?.taskStatus;
  return (state === "failed" || state === "completed") && (status === undefined || !isFinalStatus(status));
}
