import type { TaskSpec } from "./task-spec.ts";

/**
 * What becomes of tasks that calls start: the same of all, or the first spec of the first task, the second of the
 * second, and so on; the last holds for all further ones.
 */
export type StartSpecs = TaskSpec | readonly TaskSpec[];

/** {@link StartSpecs} by the type of the task. */
export interface Starts {
  readonly UPDATE_RESOURCES?: StartSpecs;
  readonly CHECK_RULES?: StartSpecs;
}

/**
 * What a start is answered with while a task of the same type and detail has not ended: another task, the id of that
 * one, or 409 `OperationConflict`.
 */
export type ConcurrentStarts = "separate" | "merged" | "refused";

/** Knows how many tasks were started, and so what is to become of the next one. */
export class StartPlan {
  readonly #starts: Starts;
  readonly #taken = new Map<keyof Starts, number>();

  constructor(starts: Starts) {
    this.#starts = starts;
  }

  /** What is to become of the next task of this type. */
  next(type: keyof Starts): TaskSpec {
    const specs = this.#starts[type] ?? {};
    return isList(specs) ? (specs[Math.min(this.#taken.get(type) ?? 0, specs.length - 1)] ?? {}) : specs;
  }

  /** A task was started by {@link next}. */
  take(type: keyof Starts): void {
    this.#taken.set(type, (this.#taken.get(type) ?? 0) + 1);
  }
}

// Array.isArray does not know lists that can't be changed.
function isList(specs: StartSpecs): specs is readonly TaskSpec[] {
  return Array.isArray(specs);
}
