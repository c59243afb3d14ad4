import type { Expectation } from "./expectation.ts";

/**
 * What two views of the same run time expect together: both functions are linear in the distribution, so the
 * mixture's are the weighted means.
 *
 * @param weight - How far the first is believed, 0 to 1; the other has the rest.
 */
export function mixtureExpectation(weight: number, first: Expectation, other: Expectation): Expectation {
  return {
    unnoticed: (s) => weight * first.unnoticed(s) + (1 - weight) * other.unnoticed(s),
    ended: (s) => weight * first.ended(s) + (1 - weight) * other.ended(s),
  };
}
