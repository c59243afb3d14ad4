/** One poll of a task: a call, and perhaps others that send it again. */
export class Poll {
  readonly taskId: string;
  /** The most that each of its calls may take. */
  readonly callTimeoutMs: number;
  isAbandoned = false;
  /** Why it was abandoned. */
  reason: unknown;
  #end: ((reason: unknown) => void) | undefined;

  constructor(taskId: string, callTimeoutMs: number) {
    this.taskId = taskId;
    this.callTimeoutMs = callTimeoutMs;
  }

  /** Nobody wants its answer any more. */
  abandon(reason: unknown): void {
    this.isAbandoned = true;
    this.reason = reason;
    this.#end?.(reason);
  }

  /** How what is under way now is ended; a source may have caused the end of its own call. */
  endsBy(end: (reason: unknown) => void): void {
    this.#end = end;
    if (this.isAbandoned) {
      end(this.reason);
    }
  }
}
