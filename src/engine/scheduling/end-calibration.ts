// The memory, in ends: enough for a ratio, few enough to follow a fleet whose tasks all grow older.
const MAX_SEEN = 10;
const MAX_EXPECTED = 300;
// As if so many ends had been expected and seen before the first.
const PRIOR = 2;
const MAX_RATIO = 4;

/**
 * How many tasks were found to have ended, against how many were expected to. One task tells nothing of that; in a fleet
 * it shows that all are forecast wrongly in the same way, such as tasks that began together and whose type is known only
 * from the first of them to end.
 */
export class EndCalibration {
  #expected = 0;
  #seen = 0;

  /** By how much forecast ends are to be multiplied. */
  get ratio(): number {
    return Math.min(MAX_RATIO, (this.#seen + PRIOR) / (this.#expected + PRIOR));
  }

  /** A poll showed whether a task had ended. */
  add(expected: number, hasEnded: boolean): void {
    const allExpected = this.#expected + expected;
    const allSeen = this.#seen + (hasEnded ? 1 : 0);
    const kept = Math.min(1, MAX_EXPECTED / allExpected, MAX_SEEN / allSeen);
    this.#expected = kept * allExpected;
    this.#seen = kept * allSeen;
  }
}
