import { describe, expect, it } from "vitest";
import type { ListingPlan } from "../../src/engine/listing/listing-plan.ts";
import { ScanPacing } from "../../src/engine/listing/scan-pacing.ts";

function plan(kind: ListingPlan["kind"], pages: number): ListingPlan {
  return { kind, statuses: [undefined], pages, value: 1 };
}

describe("the pace of scans", () => {
  it("spreads overlapping scans of one kind by the rate as it is now, not as it was when the last began", () => {
    const pace = new ScanPacing();
    pace.began(plan("all", 200), 0);
    expect(pace.spreadUntilMs(plan("all", 200), 5)).toBe(40_000);
    expect(pace.spreadUntilMs(plan("all", 200), 100)).toBe(2000);
  });

  it("lets a scan of another kind begin at once", () => {
    const pace = new ScanPacing();
    pace.began(plan("all", 200), 0);
    expect(pace.spreadUntilMs(plan("ended", 4), 5)).toBeLessThan(0);
  });

  it("allows one scan at a low rate, more at a higher one, and never more than sixteen", () => {
    const pace = new ScanPacing();
    expect([0.5, 5, 6, 20, 1000].map((rate) => pace.maxAtOnce(rate))).toEqual([1, 1, 2, 4, 16]);
  });

  it("retreats for 1, 2, 4 ... 60 s after failures in a row, and forgets them when one is read to its end", () => {
    const pace = new ScanPacing();
    expect(pace.retreatUntilMs).toBeLessThan(0);
    const retreats = Array.from({ length: 8 }, () => {
      pace.failed(0);
      return pace.retreatUntilMs;
    });
    expect(retreats).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    pace.completed();
    pace.failed(0);
    expect(pace.retreatUntilMs).toBe(1000);
  });
});
