import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ageExpectation } from "../../src/policy/age-expectation.ts";
import { type Expectation, gapForPrice } from "../../src/policy/expectation.ts";
import { logisticExpectation } from "../../src/policy/logistic-expectation.ts";
import { mixtureExpectation } from "../../src/policy/mixture-expectation.ts";
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

const logistic = fc.tuple(center, scale).map(([c, s]) => logisticExpectation(c, s));
const anyExpectation: fc.Arbitrary<Expectation> = fc
  .tuple(age.map(ageExpectation), logistic, logistic, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([byAge, a, b, weight]) => mixtureExpectation(0.1, byAge, mixtureExpectation(weight, a, b)));

/** Both functions of an expectation, apart from it. */
const parts = (expectation: Expectation): Expectation => ({
  unnoticed: (s) => expectation.unnoticed(s),
  ended: (s) => expectation.ended(s),
});

const close = (a: number, b: number, scaleOf: number): void => {
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * scaleOf + 1e-6 * Math.max(Math.abs(a), Math.abs(b)));
};

describe("the closed forms are the integrals that they stand for", () => {
  it("age: A is the integral of F", () => {
    fc.assert(
      fc.property(age, seconds(1e-3, 40), (years, times) => {
        const { unnoticed, ended } = parts(ageExpectation(years));
        const s = times * (years + 2);
        close(unnoticed(s), integrate(ended, s, 0, (years + 2) / 2), s);
      }),
    );
  });

  it("age: F is the share of tasks that end, when running on is as likely as having run so far", () => {
    expect(ageExpectation(98).ended(100)).toBeCloseTo(0.5, 12);
    expect(ageExpectation(98).ended(300)).toBeCloseTo(0.75, 12);
  });

  it("logistic: F is the logistic distribution, conditioned on the end being ahead", () => {
    fc.assert(
      fc.property(seconds(0.01, 1e3), scale, ahead, (c, width, s) => {
        const plain = (x: number): number => 1 / (1 + Math.exp(-(x - c) / width));
        const conditioned = (plain(s) - plain(0)) / (1 - plain(0));
        expect(logisticExpectation(c, width).ended(s)).toBeCloseTo(conditioned, 9);
      }),
    );
  });

  it("logistic: A is the integral of F, before, at and after the center", () => {
    fc.assert(
      fc.property(center, scale, ahead, (c, width, s) => {
        const { unnoticed, ended } = parts(logisticExpectation(c, width));
        close(unnoticed(s), integrate(ended, s, c, width), s);
      }),
      { numRuns: 500 },
    );
  });

  it("logistic: long after its center it is an exponential of the same scale", () => {
    fc.assert(
      fc.property(scale, ahead, fc.double({ min: 40, max: 1e6, noNaN: true }), (width, s, passed) => {
        const { unnoticed, ended } = parts(logisticExpectation(-passed * width, width));
        close(ended(s), -Math.expm1(-s / width), 1);
        close(unnoticed(s), s + width * Math.expm1(-s / width), s);
      }),
    );
  });

  it("logistic: the two ways to write it agree where they meet", () => {
    fc.assert(
      fc.property(scale, ahead, (width, s) => {
        const [before, after] = [logisticExpectation(1e-9 * width, width), logisticExpectation(0, width)];
        close(before.unnoticed(s), after.unnoticed(s), s);
        close(before.ended(s), after.ended(s), 1);
      }),
    );
  });

  it("mixture: both functions are the weighted means", () => {
    const [a, b] = [ageExpectation(10), logisticExpectation(30, 2)];
    const both = mixtureExpectation(0.25, a, b);
    expect(both.unnoticed(20)).toBeCloseTo(0.25 * a.unnoticed(20) + 0.75 * b.unnoticed(20), 12);
    expect(both.ended(20)).toBeCloseTo(0.25 * a.ended(20) + 0.75 * b.ended(20), 12);
  });
});

describe("any mixture behaves as Newton's method needs", () => {
  it("A starts at 0, F lies between 0 and 1, and both only grow: A is convex", () => {
    fc.assert(
      fc.property(
        anyExpectation,
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
          const { unnoticed, ended } = parts(logisticExpectation(c, width));
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
      fc.property(anyExpectation, price, (expectation, kappa) => {
        const gap = gapForPrice(expectation, kappa);
        expect(expectation.unnoticed(gap)).toBeGreaterThanOrEqual(kappa * (1 - 1e-6));
        expect(expectation.unnoticed(gap)).toBeLessThanOrEqual(kappa * (1 + 1e-6) + 1e-9 * gap);
      }),
      { numRuns: 500 },
    );
  });

  it("takes few steps: Newton from the right never overshoots", () => {
    let most = 0;
    fc.assert(
      fc.property(anyExpectation, price, (expectation, kappa) => {
        const { unnoticed, ended } = parts(expectation);
        const at: number[] = [];
        gapForPrice(
          {
            unnoticed,
            ended: (s) => {
              at.push(s);
              return ended(s);
            },
          },
          kappa,
        );
        for (let i = 1; i < at.length; i++) {
          expect(at[i]).toBeLessThanOrEqual((at[i - 1] as number) * (1 + 1e-12));
        }
        most = Math.max(most, at.length);
      }),
      { numRuns: 500 },
    );
    expect(most).toBeLessThanOrEqual(24);
  });

  it("grows with the price, and by less: a price a tenth higher never stretches it by more than a tenth", () => {
    fc.assert(
      fc.property(anyExpectation, price, (expectation, kappa) => {
        const [gap, next] = [gapForPrice(expectation, kappa), gapForPrice(expectation, 1.1 * kappa)];
        expect(next).toBeGreaterThanOrEqual(gap * (1 - 1e-6));
        expect(next).toBeLessThanOrEqual(1.1 * gap * (1 + 1e-6));
      }),
    );
  });

  it("with the age alone grows with the square root of the age", () => {
    const gap = (years: number): number => gapForPrice(ageExpectation(years), 0.5);
    expect(gap(40_000) / gap(10_000)).toBeCloseTo(2, 1);
    expect(gap(10_000)).toBeCloseTo(Math.sqrt(2 * 0.5 * 10_000), -1);
  });
});
