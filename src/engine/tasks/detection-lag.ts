import { HALF_SECOND_MS } from "../../options/named-durations.ts";
import type { WaitState } from "../../policy/state/wait-state.ts";
import type { Task } from "../../task/task.ts";

const KEPT = 1024;

/** How late the ends of tasks were noticed, as far as the service's whole seconds tell. */
export interface DetectionLagEstimate {
  /** Over all ends so far, in milliseconds. */
  readonly meanMs: number;
  /** Over the last thousand or so. */
  readonly p99Ms: number;
}

/**
 * How late the end of a task was noticed, in milliseconds; undefined when it may have ended before the wait began.
 *
 * @param before - The state of the wait before: the task can't have ended before its last poll.
 */
export function detectionLagMs(
  { completeTime }: Task,
  { polledAtMs }: WaitState,
  nowMs: number,
  clockOffsetMs: number,
): number | undefined {
  if (polledAtMs === undefined) {
    return undefined;
  }
  const maxMs = nowMs - polledAtMs;
  const claimedMs =
    completeTime === undefined
      ? maxMs / 2
      : nowMs - (completeTime * 1000 + (Number.isInteger(completeTime) ? HALF_SECOND_MS : 0) - clockOffsetMs);
  return Math.min(maxMs, Math.max(0, claimedMs));
}

/** Keeps a mean, and the last thousand values for the tail. */
export class DetectionLagSample {
  #last: Float64Array | undefined;
  #count = 0;
  #sumMs = 0;

  add(lagMs: number): void {
    this.#last ??= new Float64Array(KEPT);
    this.#last[this.#count % KEPT] = lagMs;
    this.#count++;
    this.#sumMs += lagMs;
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
