import { describe, expect, it } from "vitest";
import {
  type ListedStatus,
  planScan,
  type ScanTotals,
  scansCostLess,
} from "../../src/engine/listing/listing-plan.ts";

const totals: ScanTotals = {
  price: 0.5,
  all: 10,
  active: 10,
  unseen: 0,
  best: 0.1,
  likelyEnded: 1,
  idsPerCall: 1,
  pollsPerSecond: 5,
  endsPerSecond: 1,
  isBacklogged: false,
  lagS: 0,
  hasCreated: false,
};

function pages(sizes: Partial<Record<string, number>>): (status: ListedStatus) => number {
  return (status) => sizes[status ?? "all"] ?? 1;
}

describe("the plan of a listing scan", () => {
  it("is none while the value of all polls together is below the price of the pages", () => {
    expect(planScan({ ...totals, all: 0.4, active: 0.4 }, pages({}), "auto", false)).toBeUndefined();
  });

  it("lists everything where that is one page: it shows the ended, too", () => {
    expect(planScan(totals, pages({}), "auto", false)).toMatchObject({
      kind: "all",
      statuses: [undefined],
      pages: 1,
    });
  });

  it("lists the active where many tasks have ended long ago", () => {
    const plan = planScan(totals, pages({ all: 100, COMPLETE: 99 }), "auto", false);
    expect(plan).toMatchObject({ kind: "active", statuses: ["RUNNING"] });
  });

  it("lists the created first where a task may not run yet", () => {
    const plan = planScan({ ...totals, hasCreated: true }, pages({ all: 100, COMPLETE: 99 }), "auto", false);
    expect(plan?.statuses).toEqual(["CREATED", "RUNNING"]);
  });

  it("lists the ended where others' tasks run by the thousand", () => {
    const plan = planScan(
      { ...totals, all: 200, active: 200 },
      pages({ all: 101, RUNNING: 100 }),
      "auto",
      false,
    );
    expect(plan).toMatchObject({ kind: "ended", statuses: ["COMPLETE", "FAILED", "EXPIRED", "CANCELED"] });
  });

  it("leaves a single poll that is due and of higher value to be made singly, unless polls wait for permits", () => {
    const due = { ...totals, all: 1.1, active: 1.1, best: 0.6 };
    expect(planScan(due, pages({}), "auto", false)).toBeUndefined();
    expect(planScan({ ...due, isBacklogged: true }, pages({}), "auto", false)?.kind).toBe("all");
  });

  it("does not wait for single polls where scans serve all", () => {
    const due = { ...totals, all: 1.1, active: 1.1, best: 0.6 };
    expect(planScan(due, pages({}), "auto", true)?.kind).toBe("all");
  });

  it("takes the place of single polls altogether when batch is always", () => {
    expect(
      planScan({ ...totals, all: 0.5, active: 0.5, best: 0.5 }, pages({ all: 3 }), "always", false),
    ).toBeDefined();
  });
});

describe("scans serve all tasks", () => {
  const serve = (given: Partial<ScanTotals>, sizes: Parameters<typeof pages>[0], known = sizes): boolean =>
    scansCostLess({ ...totals, ...given }, pages(sizes), pages(known));

  it("where each would want many polls before one ends", () => {
    expect(serve({ pollsPerSecond: 5, endsPerSecond: 1 }, {})).toBe(true);
  });

  it("but not where one poll finds what is known to end then", () => {
    expect(serve({ pollsPerSecond: 0.1, endsPerSecond: 0.1 }, {})).toBe(false);
  });

  it("the less, the more pages they take", () => {
    const many = { all: 40, RUNNING: 40, COMPLETE: 40 };
    expect(serve({ pollsPerSecond: 5, endsPerSecond: 1 }, many)).toBe(false);
    expect(serve({ pollsPerSecond: 50, endsPerSecond: 1 }, many)).toBe(true);
  });

  it("not by a listing that was never read to its end: its pages are a guess", () => {
    const unknown = { all: Number.POSITIVE_INFINITY, RUNNING: Number.POSITIVE_INFINITY };
    expect(serve({ pollsPerSecond: 50, endsPerSecond: 1 }, {}, unknown)).toBe(false);
  });

  it("not where the ended are listed far more cheaply than what runs", () => {
    const foreign = { all: 101, RUNNING: 100 };
    expect(serve({ pollsPerSecond: 500, endsPerSecond: 1 }, foreign)).toBe(false);
  });
});
