/** A clock that a test moves. */
export class HandClock {
  /** Unix milliseconds: a Monday morning, on a full second. */
  nowMs: number = Date.UTC(2026, 10, 23, 8, 0, 0);
  readonly now = (): number => this.nowMs;

  advance(ms: number): void {
    this.nowMs += ms;
  }
}
