import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  endedByAge,
  expectAround,
  gapForPrice,
  type SearchableExpectation,
  unnoticedByAge,
} from "../../src/policy/forecast/expected-delay.ts";
import type { TypeHistory } from "../../src/policy/forecast/history.ts";
import { RemainingTime } from "../../src/policy/forecast/remaining-time.ts";
import { RunTimes } from "../../src/policy/forecast/run-times.ts";
import { integrate } from "./quadrature.ts";

const seconds = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);
const age = seconds(0.01, 1e6);
const center = fc.oneof(
  seconds(0.01, 1e5),
  seconds(0.01, 1e5).map((x) => -x),
  fc.constant(0),
);
const scale = seconds(0.05, 1e4);
const ahead = seconds(1e-3, 1e6);
const price = seconds(1e-3, 100);

interface Parts {
  unnoticed(s: number): number;
  ended(s: number): number;
}

const byAge = (years: number): Parts => ({
  unnoticed: (s) => unnoticedByAge(years, s),
  ended: (s) => endedByAge(years, s),
});

const around = (remaining: number, width: number): Parts => {
  const expected = { unnoticed: Number.NaN, ended: Number.NaN };
  const at = (s: number): typeof expected => {
    expectAround({ remaining, scale: width }, s, expected);
    return expected;
  };
  return { unnoticed: (s) => at(s).unnoticed, ended: (s) => at(s).ended };
};

/** Both functions of an expectation, apart from it. */
const parts = (expectation: SearchableExpectation): Parts => ({
  unnoticed: (s) => expectation.at(s).unnoticed,
  ended: (s) => expectation.at(s).ended,
});

const history: fc.Arbitrary<TypeHistory> = fc
  .tuple(
    fc.array(seconds(0.5, 1e5), { maxLength: 50 }),
    fc.nat(50),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([durations, judged, share]) => ({ taskType: "A", durations, judged, reliable: share * judged }));

const anyOutlook: fc.Arbitrary<RemainingTime> = fc
  .tuple(
    age,
    fc.option(history, { nil: undefined }),
    fc.option(fc.record({ remaining: fc.oneof(seconds(0.01, 1e5), fc.constant(0)), scale }), {
      nil: undefined,
    }),
  )
  .map(([years, known, prediction]) => new RemainingTime(years, known, prediction));

const close = (a: number, b: number, scaleOf: number): void => {
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * scaleOf + 1e-6 * Math.max(Math.abs(a), Math.abs(b)));
};

describe("the closed forms are the integrals that they stand for", () => {
  it("age: A is the integral of F", () => {
    fc.assert(
      fc.property(age, seconds(1e-3, 40), (years, times) => {
        const { unnoticed, ended } = byAge(years);
        const s = times * (years + 2);
        close(unnoticed(s), integrate(ended, s, 0, (years + 2) / 2), s);
      }),
    );
  });

  it("age: F is the share of tasks that end, when running on is as likely as having run so far", () => {
    expect(endedByAge(98, 100)).toBeCloseTo(0.5, 12);
    expect(endedByAge(98, 300)).toBeCloseTo(0.75, 12);
  });

  it("logistic: F is the logistic distribution, conditioned on the end being ahead", () => {
    fc.assert(
      fc.property(seconds(0.01, 1e3), scale, ahead, (c, width, s) => {
        const plain = (x: number): number => 1 / (1 + Math.exp(-(x - c) / width));
        const conditioned = (plain(s) - plain(0)) / (1 - plain(0));
        expect(around(c, width).ended(s)).toBeCloseTo(conditioned, 9);
      }),
    );
  });

  it("logistic: A is the integral of F, before, at and after the center", () => {
    fc.assert(
      fc.property(center, scale, ahead, (c, width, s) => {
        const { unnoticed, ended } = around(c, width);
        close(unnoticed(s), integrate(ended, s, c, width), s);
      }),
      { numRuns: 500 },
    );
  });

  it("logistic: long after its center it is an exponential of the same scale", () => {
    fc.assert(
      fc.property(scale, ahead, fc.double({ min: 40, max: 1e6, noNaN: true }), (width, s, passed) => {
        const { unnoticed, ended } = around(-passed * width, width);
        close(ended(s), -Math.expm1(-s / width), 1);
        close(unnoticed(s), s + width * Math.expm1(-s / width), s);
      }),
    );
  });

  it("logistic: the two ways to write it agree where they meet", () => {
    fc.assert(
      fc.property(scale, ahead, (width, s) => {
        const [before, after] = [around(1e-9 * width, width), around(0, width)];
        close(before.unnoticed(s), after.unnoticed(s), s);
        close(before.ended(s), after.ended(s), 1);
      }),
    );
  });

  it("run times: A is the integral of F, at the start and at any age", () => {
    const ages = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true }));
    fc.assert(
      fc.property(seconds(1, 1e3), fc.integer({ min: 1, max: 3 }), ages, ahead, (duration, n, lives, s) => {
        const runTimes = new RunTimes(Array(n).fill(duration));
        const ran = lives * duration;
        const ended = (r: number): number => runTimes.since(ran, r).ended;
        const width = 0.25 * n ** -0.2 * duration;
        close(runTimes.since(ran, s).unnoticed, integrate(ended, s, duration - ran, width), s);
      }),
    );
  });

  it("run times: half of the tasks have ended at their median", () => {
    expect(new RunTimes([20, 30, 50]).since(0, 30).ended).toBeCloseTo(0.5, 1);
    expect(new RunTimes([20, 30, 50]).since(30, Number.POSITIVE_INFINITY).ended).toBeCloseTo(0.5, 1);
  });

  it("mixture: both functions are the weighted means of progress, history and age", () => {
    const known: TypeHistory = { taskType: "A", durations: [20, 30, 50], judged: 4, reliable: 3 };
    const prediction = { remaining: 30, scale: 2 };
    const both = new RemainingTime(10, known, prediction);
    const { predictionWeight, historyWeight } = both;
    expect(predictionWeight).toBeCloseTo((9.5 + 3) / 14, 12);
    const runTimes = new RunTimes(known.durations);
    const survived = runTimes.since(10, Number.POSITIVE_INFINITY).ended;
    const left: Parts = {
      unnoticed: (s) => runTimes.since(10, s).unnoticed / survived,
      ended: (s) => runTimes.since(10, s).ended / survived,
    };
    const usual = (name: "unnoticed" | "ended"): number =>
      historyWeight * left[name](20) + (1 - historyWeight) * byAge(10)[name](20);
    for (const name of ["unnoticed", "ended"] as const) {
      const mean = predictionWeight * around(30, 2)[name](20) + (1 - predictionWeight) * usual(name);
      expect(both.at(20)[name]).toBeCloseTo(mean, 12);
    }
    both.dropPrediction();
    expect(both.at(20).unnoticed).toBeCloseTo(usual("unnoticed"), 12);
  });
});

describe("any mixture behaves as Newton's method needs", () => {
  it("A starts at 0, F lies between 0 and 1, and both only grow: A is convex", () => {
    fc.assert(
      fc.property(
        anyOutlook,
        ahead,
        fc.double({ min: 1, max: 100, noNaN: true }),
        (expectation, s, factor) => {
          const { unnoticed, ended } = parts(expectation);
          expect(unnoticed(0)).toBeCloseTo(0, 9);
          expect(ended(s)).toBeGreaterThanOrEqual(0);
          expect(ended(s)).toBeLessThanOrEqual(1 + 1e-12);
          expect(ended(s * factor)).toBeGreaterThanOrEqual(ended(s) - 1e-9);
          expect(unnoticed(s * factor)).toBeGreaterThanOrEqual(unnoticed(s) - 1e-9 * s);
          expect(unnoticed(s)).toBeLessThanOrEqual(s);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("A is finite for ends that are absurdly far, past or sharp", () => {
    for (const c of [-1e12, -1e6, 0, 1e6, 1e12]) {
      for (const width of [1e-3, 1, 1e9]) {
        for (const s of [0, 1e-9, 1, 1e9, 1e12]) {
          const { unnoticed, ended } = around(c, width);
          expect(unnoticed(s)).toBeGreaterThanOrEqual(0);
          expect(unnoticed(s)).toBeLessThanOrEqual(s);
          expect(ended(s)).toBeGreaterThanOrEqual(0);
          expect(ended(s)).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

describe("the gap for a price", () => {
  it("is where the expected unnoticed wait is the price", () => {
    fc.assert(
      fc.property(anyOutlook, price, (expectation, kappa) => {
        const gap = gapForPrice(expectation, kappa);
        expect(expectation.at(gap).unnoticed).toBeGreaterThanOrEqual(kappa * (1 - 1e-6));
        expect(expectation.at(gap).unnoticed).toBeLessThanOrEqual(kappa * (1 + 1e-6) + 1e-9 * gap);
      }),
      { numRuns: 500 },
    );
  });

  it("takes few steps: Newton from the right never overshoots", () => {
    let most = 0;
    fc.assert(
      fc.property(anyOutlook, price, (expectation, kappa) => {
        const asked: number[] = [];
        gapForPrice(
          {
            at: (s) => {
              asked.push(s);
              return expectation.at(s);
            },
            near: (p) => expectation.near(p),
            beyond: (p) => expectation.beyond(p),
          },
          kappa,
        );
        // The first is a guess, and may lie left.
        for (let i = 2; i < asked.length; i++) {
          expect(asked[i]).toBeLessThanOrEqual((asked[i - 1] as number) * (1 + 1e-12));
        }
        most = Math.max(most, asked.length);
      }),
      { numRuns: 1000 },
    );
    expect(most).toBeLessThanOrEqual(24);
  });

  it("is sought left of where the expected unnoticed wait surely is the price", () => {
    fc.assert(
      fc.property(anyOutlook, price, (expectation, kappa) => {
        expect(expectation.at(expectation.beyond(kappa)).unnoticed).toBeGreaterThanOrEqual(
          kappa * (1 - 1e-9),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("grows with the price, and by less: a price a tenth higher never stretches it by more than a tenth", () => {
    fc.assert(
      fc.property(anyOutlook, price, (expectation, kappa) => {
        const [gap, next] = [gapForPrice(expectation, kappa), gapForPrice(expectation, 1.1 * kappa)];
        expect(next).toBeGreaterThanOrEqual(gap * (1 - 1e-6));
        expect(next).toBeLessThanOrEqual(1.1 * gap * (1 + 1e-6));
      }),
    );
  });

  it("with the age alone grows with the square root of the age", () => {
    const gap = (years: number): number => gapForPrice(new RemainingTime(years), 0.5);
    expect(gap(40_000) / gap(10_000)).toBeCloseTo(2, 1);
    expect(gap(10_000)).toBeCloseTo(Math.sqrt(2 * 0.5 * 10_000), -1);
  });
});
