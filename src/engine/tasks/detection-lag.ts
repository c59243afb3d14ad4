import type { WaitState } from "../../policy/state/wait-state.ts";
import type { Task } from "../../task/task.ts";

const KEPT = 1024;
const HALF_SECOND_MS = 500;

/** How late the ends of tasks were noticed, as far as the service's whole seconds tell. */
export interface DetectionLagEstimate {
  /** Over all ends so far, in milliseconds. */
  readonly meanMs: number;
  /** Over the last thousand or so. */
  readonly p99Ms: number;
}

/** Keeps a mean, and the last thousand values for the tail. */
export class DetectionLagSample {
  #last: Float64Array | undefined;
  #count = 0;
  #sumMs = 0;

  readonly #onEnded: (latenessMs: number) => void;

  /** @param onEnded - Hears each value. */
  constructor(onEnded: (latenessMs: number) => void = () => {}) {
    this.#onEnded = onEnded;
  }

  /**
   * A wait was told that its task has ended.
   *
   * @param before - The state of the wait before it heard: the task can't have ended before the last look.
   */
  ended(task: Task, before: WaitState, nowMs: number, clockOffsetMs: number): void {
    const { polledAtMs } = before;
    const { completeTime } = task;
    if (polledAtMs === undefined) {
      // It may have ended long before anybody waited.
      return;
    }
    const longestMs = nowMs - polledAtMs;
    const claimedMs =
      completeTime === undefined
        ? longestMs / 2
        : nowMs -
          (completeTime * 1000 + (Number.isInteger(completeTime) ? HALF_SECOND_MS : 0) - clockOffsetMs);
    const latenessMs = Math.min(longestMs, Math.max(0, claimedMs));
    this.#last ??= new Float64Array(KEPT);
    this.#last[this.#count % KEPT] = latenessMs;
    this.#count++;
    this.#sumMs += latenessMs;
    this.#onEnded(latenessMs);
  }

  /** Undefined until an end was noticed. */
  estimate(): DetectionLagEstimate | undefined {
    if (this.#last === undefined) {
      return undefined;
    }
    const kept = this.#last.slice(0, Math.min(KEPT, this.#count)).sort();
    return {
      meanMs: this.#sumMs / this.#count,
      p99Ms: kept[Math.min(kept.length - 1, Math.floor(0.99 * kept.length))] ?? 0,
    };
  }
}
