import { decideTimeout } from "../../policy/decide/decide.ts";
import { IndexedHeap } from "../rate/indexed-heap.ts";
import type { WaitCore } from "../wait/wait-core.ts";

/** The deadlines of all waits. W3: one settles its wait whatever else is under way. */
export class Deadlines {
  readonly #heap = new IndexedHeap<WaitCore>();

  /** The first of them, in Unix milliseconds; infinite when there is none. */
  get firstMs(): number {
    return this.#heap.firstRank;
  }

  add(core: WaitCore, nowMs: number): void {
    const { deadlineMs } = core.state;
    // A deadline that is past from the start means "poll once"; that poll has its time.
    const graceMs = deadlineMs <= nowMs ? nowMs + core.options.pollTimeoutMs : 0;
    this.#heap.put(core.deadline, Math.max(deadlineMs, graceMs));
  }

  remove(core: WaitCore): void {
    this.#heap.remove(core.deadline);
  }

  /** Ends the waits whose time is up. */
  fire(nowMs: number): void {
    for (let next = this.#heap.peek(); next && next.rank <= nowMs; next = this.#heap.peek()) {
      this.#heap.remove(next);
      next.item.apply(decideTimeout(next.item.state, nowMs, next.item.lastFailure));
    }
  }
}
