/**
 * When a start was sent, in Unix milliseconds: by the wall clock as it was then, or as it is now, whichever is earlier. A
 * clock that was set and a machine that was suspended are the same to a process; the earlier moment overlooks no task.
 */
export class SentMoment {
  readonly #wallMs: number = Date.now();
  readonly #steadyMs: number = performance.now();

  get atMs(): number {
    return Math.min(this.#wallMs, Date.now() - (performance.now() - this.#steadyMs));
  }
}
