import type { JobListener, TaskJobEvents } from "./job.ts";

/** What a wait hears of its job. */
export interface JobObserver {
  /** The job told how it is. */
  onProgress(data: unknown): void;
  /** The job has completed or failed. */
  onEnd(): void;
  /** The job was taken out of the queue. */
  onRemoved(wasOver: boolean): void;
}

/**
 * Hands the events of a queue to the waits that they are about. However many these are, the queue's events carry four
 * listeners, and none while nobody waits.
 */
export class JobHub {
  readonly #events: TaskJobEvents;
  readonly #observers = new Map<string, Set<JobObserver>>();
  readonly #listeners: readonly (readonly [event: string, listener: JobListener])[];

  constructor(events: TaskJobEvents) {
    this.#events = events;
    const end: JobListener = ({ jobId }) => this.#tell(jobId, (observer) => observer.onEnd());
    this.#listeners = [
      ["progress", ({ jobId, data }) => this.#tell(jobId, (observer) => observer.onProgress(data))],
      ["completed", end],
      ["failed", end],
      [
        "removed",
        ({ jobId, prev }) =>
          this.#tell(jobId, (observer) => observer.onRemoved(prev === "failed" || prev === "completed")),
      ],
    ];
  }

  join(jobId: string, observer: JobObserver): void {
    if (this.#observers.size === 0) {
      for (const [event, listener] of this.#listeners) {
        this.#events.on(event, listener);
      }
    }
    const observers = this.#observers.get(jobId) ?? new Set();
    this.#observers.set(jobId, observers.add(observer));
  }

  leave(jobId: string, observer: JobObserver): void {
    const observers = this.#observers.get(jobId);
    observers?.delete(observer);
    if (observers?.size !== 0) {
      return;
    }
    this.#observers.delete(jobId);
    if (this.#observers.size === 0) {
      for (const [event, listener] of this.#listeners) {
        this.#events.off(event, listener);
      }
    }
  }

  async untilReady(): Promise<void> {
    await this.#events.waitUntilReady();
  }

  #tell(jobId: string, what: (observer: JobObserver) => void): void {
    for (const observer of [...(this.#observers.get(jobId) ?? [])]) {
      what(observer);
    }
  }
}
