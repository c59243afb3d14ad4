import { describe, expect, it } from "vitest";
import { gapForPrice } from "../../src/policy/forecast/expected-delay.ts";
import {
  certainPollValue,
  dueSince,
  endedAt,
  firstPollValue,
  pollValueAt,
  pollValueCurve,
  pollValueSince,
} from "../../src/policy/forecast/poll-value.ts";
import { RemainingTime } from "../../src/policy/forecast/remaining-time.ts";

const price = 0.5;

const cases: readonly (readonly [string, RemainingTime])[] = [
  ["age alone, a young task", new RemainingTime(5)],
  ["age alone, an old task", new RemainingTime(3600)],
  ["a near predicted end", new RemainingTime(8, undefined, { remaining: 10, scale: 1 })],
  ["a far predicted end", new RemainingTime(300, undefined, { remaining: 120, scale: 5 })],
  [
    "a type that always takes as long",
    new RemainingTime(30, { taskType: "A", durations: [60, 61, 62, 63], judged: 0, reliable: 0 }),
  ],
];

describe("the value of a poll", () => {
  it.each(cases)("is the price when the poll is due: %s", (_, expectation) => {
    const gap = gapForPrice(expectation, price);
    const curve = pollValueCurve(expectation, gap, price, 1000);
    expect(pollValueAt(curve, 1000 + 1000 * gap)).toBeCloseTo(price, 6);
  });

  it.each(cases)("stays near the whole expectation until then: %s", (_, expectation) => {
    const gap = gapForPrice(expectation, price);
    const curve = pollValueCurve(expectation, gap, price, 0);
    for (const share of [0.25, 0.5, 0.75, 1]) {
      const exact = expectation.at(share * gap).unnoticed;
      const short = pollValueAt(curve, 1000 * share * gap);
      expect(Math.abs(short - exact), `at ${share} of the gap: ${short} for ${exact}`).toBeLessThan(
        0.02 + 0.35 * exact,
      );
    }
  });

  it.each(cases)("grows, never faster than time: %s", (_, expectation) => {
    const gap = gapForPrice(expectation, price);
    const curve = pollValueCurve(expectation, gap, price, 0);
    let [before, ended] = [0, 0];
    for (let ms = 0; ms < 3000 * gap; ms += 50 * gap) {
      const value = pollValueAt(curve, ms);
      expect(value).toBeGreaterThanOrEqual(before - 1e-9);
      expect(value - before).toBeLessThanOrEqual(0.05 * gap + 1e-9);
      expect(endedAt(curve, ms)).toBeGreaterThanOrEqual(ended - 1e-6);
      [before, ended] = [value, endedAt(curve, ms)];
    }
  });

  it("counts every second of a task that has surely ended", () => {
    const curve = certainPollValue(5000, price);
    expect(pollValueAt(curve, 5000)).toBe(0);
    expect(pollValueAt(curve, 7000)).toBeCloseTo(2, 9);
  });

  it("is less after another poll has told, and is due again later", () => {
    const expectation = new RemainingTime(100);
    const gap = gapForPrice(expectation, price);
    const curve = pollValueCurve(expectation, gap, price, 0);
    const coveredMs = 600 * gap;
    expect(pollValueSince(curve, coveredMs, coveredMs)).toBe(0);
    expect(pollValueSince(curve, coveredMs, 1000 * gap)).toBeLessThan(price / 2);
    const dueMs = dueSince(curve, coveredMs);
    expect(dueMs).toBeGreaterThan(1000 * gap);
    expect(pollValueSince(curve, coveredMs, dueMs)).toBeCloseTo(price, 2);
  });

  it("is the price at the first poll, whenever that is due", () => {
    expect(pollValueAt(firstPollValue(1000, 1000, price), 1000)).toBeCloseTo(price, 9);
    expect(pollValueAt(firstPollValue(1000, 9000, price), 9000)).toBeCloseTo(price, 9);
    expect(pollValueAt(firstPollValue(1000, 9000, price), 5000)).toBeCloseTo(price / 4, 9);
  });
});
