import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ProgressModel, progressShare } from "../../src/emulator/world/progress-model.ts";

const KINDS = ["linear", "noisy", "steps", "stages", "stall", "slowTail", "restart", "stuck"] as const;
const at = (model: ProgressModel, ...times: number[]) =>
  times.map((time) => Number(progressShare(model, time, 1)?.toFixed(3)));

describe("progressShare()", () => {
  it("stays within 0 and 1 and is the same at every poll, for every model", () => {
    void fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.double({ min: -1, max: 2, noNaN: true }),
        fc.integer(),
        (kind, time, seed) => {
          const share = progressShare({ kind }, time, seed);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
          expect(progressShare({ kind }, time, seed)).toBe(share);
        },
      ),
    );
  });

  it.each<[ProgressModel, number[], number[]]>([
    [{ kind: "linear" }, [0, 0.25, 1], [0, 0.25, 1]],
    [{ kind: "steps", count: 4 }, [0.24, 0.25, 0.74, 1], [0, 0.25, 0.5, 1]],
    [{ kind: "stall", at: 0.5, share: 0.5 }, [0.25, 0.3, 0.74, 0.75, 1], [0.5, 0.5, 0.5, 0.5, 1]],
    [{ kind: "stall", at: 0, share: 1 }, [0, 0.5, 1], [0, 0, 1]],
    [{ kind: "slowTail", power: 2 }, [0.5, 0.9, 1], [0.75, 0.99, 1]],
    [{ kind: "restart", at: 0.6 }, [0.5, 0.59, 0.6, 0.8, 1], [0.5, 0.59, 0, 0.5, 1]],
    [{ kind: "stuck", at: 0.37 }, [0.2, 0.37, 0.5, 1], [0.2, 0.37, 0.37, 0.37]],
  ])("%j", (model, times, shares) => {
    expect(at(model, ...times)).toEqual(shares);
  });

  it("goes back now and then under `noisy`", () => {
    const shares = Array.from({ length: 100 }, (_, n) => progressShare({ kind: "noisy" }, n / 100, 3) ?? 0);
    expect(shares.some((share, n) => share < (shares[n - 1] ?? 0))).toBe(true);
  });

  it("has stages of unequal length under `stages`, and still never goes back", () => {
    const shares = Array.from(
      { length: 1000 },
      (_, n) => progressShare({ kind: "stages" }, n / 1000, 5) ?? 0,
    );
    expect(shares.every((share, n) => share >= (shares[n - 1] ?? 0))).toBe(true);
    const first = shares.findIndex((share) => share >= 1 / 3);
    const second = shares.findIndex((share) => share >= 2 / 3);
    expect(new Set([first, second - first, 1000 - second]).size).toBe(3);
  });
});
