import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { taskWorkerOptions } from "../../src/bullmq/worker-options.ts";

describe("taskWorkerOptions", () => {
  it("never lets more through than the rate, over any number of windows", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 10_000, noNaN: true }), (perSecond) => {
        const { max, duration } = taskWorkerOptions({ perSecond }).limiter;
        expect(max / (duration / 1000)).toBeLessThanOrEqual(perSecond * 1.000001);
        expect(Number.isInteger(max) && Number.isInteger(duration)).toBe(true);
      }),
    );
  });

  it("counts in windows so short that two full ones make little of a second", () => {
    const { max, duration } = taskWorkerOptions({ perSecond: 80 }).limiter;
    expect(max).toBeLessThanOrEqual(80 * 0.1);
    expect(duration).toBeLessThanOrEqual(100);
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
