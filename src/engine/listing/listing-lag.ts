const MAX_ENDED = 1000;
// Whole seconds of the service, and the time to make a page, read as a little lag.
const MIN_LAG_MS = 2000;
// The service does not tell when listings have caught up, so a measured lag counts less with time.
const HALF_LIFE_MS = 10 * 60_000;
// So many ends are expected and none was seen: a poll has to tell whether listings do.
const UNSEEN_ENDS = 8;
const MAX_STEP_S = 60;

/**
 * How far listings lag behind polls: a page that shows a task running which is known to have ended lags at least by the
 * time since that end. While nothing contradicts listings, and the ends that are expected do not come, it asks for a
 * poll to compare with.
 */
export class ListingLag {
  // When each of the last tasks had ended, by id.
  readonly #ended = new Map<string, number>();
  #lagMs = 0;
  #measuredAtMs = 0;
  #unseenEnds = 0;
  #countedAtMs: number | undefined;

  /** By how much a page is older than it says, in milliseconds. */
  lagMs(nowMs: number): number {
    if (this.#lagMs === 0) {
      return 0;
    }
    const lagMs = this.#lagMs * 0.5 ** ((nowMs - this.#measuredAtMs) / HALF_LIFE_MS);
    return lagMs < MIN_LAG_MS ? 0 : lagMs;
  }

  /**
   * A task is known to have ended.
   *
   * @param endedMs - By then.
   * @param listedMs - When the last page that showed it running was asked for.
   */
  ended(taskId: string, endedMs: number, listedMs: number, nowMs: number): void {
    this.#unseenEnds = 0;
    this.#isTold(endedMs, listedMs, nowMs);
    this.#ended.set(taskId, endedMs);
    if (this.#ended.size > MAX_ENDED) {
      const [oldest = taskId] = this.#ended.keys();
      this.#ended.delete(oldest);
    }
  }

  knowsEnd(taskId: string): boolean {
    return this.#ended.has(taskId);
  }

  /** A page that was asked for at `sentMs` shows a task running. */
  shownRunning(taskId: string, sentMs: number, nowMs: number): void {
    const endedMs = this.#ended.get(taskId);
    if (endedMs !== undefined) {
      this.#isTold(endedMs, sentMs, nowMs);
    }
  }

  /** Whether ends that were expected did not come, so that a poll has to tell whether listings show them. */
  wantsPoll(endsPerSecond: number, nowMs: number): boolean {
    const seconds = Math.min(MAX_STEP_S, (nowMs - (this.#countedAtMs ?? nowMs)) / 1000);
    this.#countedAtMs = nowMs;
    this.#unseenEnds += endsPerSecond * seconds;
    if (this.#unseenEnds < UNSEEN_ENDS) {
      return false;
    }
    this.#unseenEnds = 0;
    return true;
  }

  #isTold(endedMs: number, listedMs: number, nowMs: number): void {
    if (listedMs - endedMs > this.lagMs(nowMs)) {
      this.#measure(listedMs - endedMs, nowMs);
    }
  }

  #measure(lagMs: number, nowMs: number): void {
    this.#lagMs = lagMs;
    this.#measuredAtMs = nowMs;
  }
}
