import { describe, expect, it } from "vitest";
import { ageExpectation } from "../../src/policy/age-expectation.ts";
import { type Expectation, gapForPrice } from "../../src/policy/expectation.ts";
import { logisticExpectation } from "../../src/policy/logistic-expectation.ts";
import {
  certainWorth,
  dueSince,
  endedAt,
  firstWorth,
  worthAt,
  worthCurve,
  worthSince,
} from "../../src/policy/worth.ts";

const price = 0.5;

function hardlyDoubted(believed: Expectation, other: Expectation): Expectation {
  return {
    unnoticed: (s) => 0.95 * believed.unnoticed(s) + 0.05 * other.unnoticed(s),
    ended: (s) => 0.95 * believed.ended(s) + 0.05 * other.ended(s),
  };
}

const cases: readonly (readonly [string, Expectation])[] = [
  ["age alone, a young task", ageExpectation(5)],
  ["age alone, an old task", ageExpectation(3600)],
  ["a near predicted end", logisticExpectation(10, 1)],
  [
    "a far predicted end that is not quite believed",
    hardlyDoubted(logisticExpectation(120, 5), ageExpectation(300)),
  ],
];

describe("the worth of a look", () => {
  it.each(cases)("is the price when the look is due: %s", (_, expectation) => {
    const gap = gapForPrice(expectation, price);
    const curve = worthCurve(expectation, gap, price, 1000);
    expect(worthAt(curve, 1000 + 1000 * gap)).toBeCloseTo(price, 6);
  });

  it.each(cases)("stays near the whole expectation until then: %s", (_, expectation) => {
    const gap = gapForPrice(expectation, price);
    const curve = worthCurve(expectation, gap, price, 0);
    for (const share of [0.25, 0.5, 0.75, 1]) {
      const exact = expectation.unnoticed(share * gap);
      const short = worthAt(curve, 1000 * share * gap);
      expect(Math.abs(short - exact), `at ${share} of the gap: ${short} for ${exact}`).toBeLessThan(
        0.02 + 0.35 * exact,
      );
    }
  });

  it.each(cases)("grows, never faster than time: %s", (_, expectation) => {
    const gap = gapForPrice(expectation, price);
    const curve = worthCurve(expectation, gap, price, 0);
    let [before, ended] = [0, 0];
    for (let ms = 0; ms < 3000 * gap; ms += 50 * gap) {
      const worth = worthAt(curve, ms);
      expect(worth).toBeGreaterThanOrEqual(before - 1e-9);
      expect(worth - before).toBeLessThanOrEqual(0.05 * gap + 1e-9);
      expect(endedAt(curve, ms)).toBeGreaterThanOrEqual(ended - 1e-6);
      [before, ended] = [worth, endedAt(curve, ms)];
    }
  });

  it("counts every second of a task that has surely ended", () => {
    const curve = certainWorth(5000, price);
    expect(worthAt(curve, 5000)).toBe(0);
    expect(worthAt(curve, 7000)).toBeCloseTo(2, 9);
  });

  it("is less after another look has told, and is due again later", () => {
    const expectation = ageExpectation(100);
    const gap = gapForPrice(expectation, price);
    const curve = worthCurve(expectation, gap, price, 0);
    const coveredMs = 600 * gap;
    expect(worthSince(curve, coveredMs, coveredMs)).toBe(0);
    expect(worthSince(curve, coveredMs, 1000 * gap)).toBeLessThan(price / 2);
    const dueMs = dueSince(curve, coveredMs);
    expect(dueMs).toBeGreaterThan(1000 * gap);
    expect(worthSince(curve, coveredMs, dueMs)).toBeCloseTo(price, 2);
  });

  it("is the price at the first look, whenever that is due", () => {
    expect(worthAt(firstWorth(1000, 1000, price), 1000)).toBeCloseTo(price, 9);
    expect(worthAt(firstWorth(1000, 9000, price), 9000)).toBeCloseTo(price, 9);
    expect(worthAt(firstWorth(1000, 9000, price), 5000)).toBeCloseTo(price / 4, 9);
  });
});
