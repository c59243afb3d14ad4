import type { WaitCore } from "../wait/wait-core.ts";

/** The waits for one task. Nearly always there is one, and a set for one would cost more than the rest of the task. */
export class TaskWaits {
  #first: WaitCore | undefined;
  #others: Set<WaitCore> | undefined;

  get all(): readonly WaitCore[] {
    const first = this.#first === undefined ? [] : [this.#first];
    return this.#others === undefined ? first : [...first, ...this.#others];
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  join(core: WaitCore): void {
    if (this.#first === undefined) {
      this.#first = core;
    } else {
      this.#others ??= new Set();
      this.#others.add(core);
    }
  }

  /** @returns Whether the wait had joined. */
  leave(core: WaitCore): boolean {
    if (core !== this.#first) {
      return this.#others?.delete(core) ?? false;
    }
    const [next] = this.#others ?? [];
    this.#first = next;
    if (next !== undefined) {
      this.#others?.delete(next);
    }
    return true;
  }

  /** The least of what is measured. Not over {@link all}: that is an array, and this is asked at every poll. */
  least(measure: (core: WaitCore) => number): number {
    let least = this.#first === undefined ? Number.POSITIVE_INFINITY : measure(this.#first);
    if (this.#others !== undefined) {
      for (const core of this.#others) {
        least = Math.min(least, measure(core));
      }
    }
    return least;
  }
}
