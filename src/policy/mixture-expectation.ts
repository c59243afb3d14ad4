import type { Expectation } from "./expectation.ts";

/** One of several views of the same run time, and how much it is believed. */
export interface WeightedExpectation {
  readonly weight: number;
  readonly expectation: Expectation;
}

/**
 * What several views expect together: both functions are linear in the distribution, so the mixture's are the
 * weighted means.
 *
 * @param parts - Their weights are at least 0 and sum to 1.
 */
export function mixtureExpectation(parts: readonly WeightedExpectation[]): Expectation {
  return {
    unnoticed: (s) => {
      let sum = 0;
      for (const { weight, expectation } of parts) {
        sum += weight * expectation.unnoticed(s);
      }
      return sum;
    },
    ended: (s) => {
      let sum = 0;
      for (const { weight, expectation } of parts) {
        sum += weight * expectation.ended(s);
      }
      return sum;
    },
  };
}
