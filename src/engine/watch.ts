import type { Claim } from "./permit-queue.ts";
import type { WaitCore } from "./wait-core.ts";

/**
 * One task that is watched, for however many waits: a poll of it serves them all. It is due when the first of
 * them wants a look, and in exactly one phase: asleep in the heap, claiming a permit, or calling.
 */
export class Watch implements Claim {
  readonly taskId: string;
  readonly waits: Set<WaitCore> = new Set();
  readonly #onGranted: (watch: Watch) => void;
  dueMs: number = Number.POSITIVE_INFINITY;
  heapIndex = -1;
  phase: "asleep" | "claiming" | "calling" = "asleep";
  /** The call in flight; aborted when nobody wants its answer any more. */
  call: AbortController | undefined;

  constructor(taskId: string, onGranted: (watch: Watch) => void) {
    this.taskId = taskId;
    this.#onGranted = onGranted;
  }

  granted(): void {
    this.#onGranted(this);
  }

  /** When the first of the waits wants a look. */
  earliestMs(): number {
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const { state } of this.waits) {
      earliestMs = Math.min(earliestMs, state.nextPollAtMs);
    }
    return earliestMs;
  }

  /** The longest that any of the waits lets a call take; each has its own deadline besides. */
  callTimeoutMs(): number {
    let timeoutMs = 0;
    for (const { options } of this.waits) {
      timeoutMs = Math.max(timeoutMs, options.pollTimeoutMs);
    }
    return timeoutMs;
  }
}
