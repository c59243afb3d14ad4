import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { taskWorkerOptions } from "../../src/bullmq/worker-options.ts";
import { ARRIVAL_SLACK_MS } from "../../src/durable/paced-rate.ts";
import { mostWithin } from "../most-within.ts";

describe("taskWorkerOptions", () => {
  it("never lets more than the rate arrive in a second, however late each poll is within the slack", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.infiniteStream(fc.nat({ max: 1000 })),
        fc.boolean(),
        (perSecond, chance, isGreedy) => {
          const { max, duration } = taskWorkerOptions({ perSecond }).limiter;
          const polls: number[] = [];
          for (let beginMs = 0; beginMs < 6000; beginMs += duration) {
            for (let n = 0; n < max; n++) {
              // The first poll begins the window; the others come with it, at its end, or in between.
              const shift = isGreedy ? Number(beginMs < 3000) : (chance.next().value ?? 0) / 1001;
              const late = isGreedy ? Number(beginMs < 3000) : (chance.next().value ?? 0) / 1001;
              polls.push(
                beginMs + (n === 0 ? 0 : shift * (duration - 0.01)) + late * (ARRIVAL_SLACK_MS - 0.01),
              );
            }
          }
          expect(mostWithin(polls, 1000)).toBeLessThanOrEqual(perSecond);
        },
      ),
    );
  });

  it("lets three quarters of the rate through, where there is nothing to wait for", () => {
    for (const perSecond of [5, 8, 20, 39, 40, 80, 100, 1000]) {
      const { max, duration } = taskWorkerOptions({ perSecond }).limiter;
      expect((1000 * max) / duration / perSecond).toBeGreaterThan(0.68);
    }
  });

  it("lets less than one poll a second through when that is the rate", () => {
    const { max, duration } = taskWorkerOptions({ perSecond: 0.01 }).limiter;
    expect([max, duration]).toEqual([1, 125_000]);
  });

  it.each([0, -1, 10_001, Number.NaN, "8", undefined])("refuses %s calls a second", (perSecond) => {
    expect(() => taskWorkerOptions({ perSecond: perSecond as number })).toThrow(
      /^taskWorkerOptions: perSecond must be a number above 0 and at most 10000, got /,
    );
  });

  it("refuses what is no options, and names that nobody reads", () => {
    expect(() => taskWorkerOptions(undefined as never)).toThrow(/options must be an object, got undefined/);
    expect(() => taskWorkerOptions({ perSecond: 8, burst: 2 } as never)).toThrow(/unknown option "burst"/);
  });
});
