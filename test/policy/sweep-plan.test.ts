import { describe, expect, it } from "vitest";
import { type ListedStatus, planSweep, type SweepStakes } from "../../src/policy/sweep-plan.ts";

const stakes: SweepStakes = {
  price: 0.5,
  all: 10,
  active: 10,
  unseen: 0,
  best: 0.1,
  likelyEnded: 1,
  isCrowded: false,
  hasCreated: false,
};

function pages(sizes: Partial<Record<string, number>>): (status: ListedStatus) => number {
  return (status) => sizes[status ?? "all"] ?? 1;
}

describe("the plan of a sweep", () => {
  it("is none while all looks together are worth less than the pages", () => {
    expect(planSweep({ ...stakes, all: 0.4, active: 0.4 }, pages({}), "auto")).toBeUndefined();
  });

  it("lists everything where that is one page: it shows the ended, too", () => {
    expect(planSweep(stakes, pages({}), "auto")).toMatchObject({
      kind: "all",
      statuses: [undefined],
      pages: 1,
    });
  });

  it("lists the active where many tasks have ended long ago", () => {
    const plan = planSweep(stakes, pages({ all: 100, COMPLETE: 99 }), "auto");
    expect(plan).toMatchObject({ kind: "active", statuses: ["RUNNING"] });
  });

  it("lists the created first where a task may not run yet", () => {
    const plan = planSweep({ ...stakes, hasCreated: true }, pages({ all: 100, COMPLETE: 99 }), "auto");
    expect(plan?.statuses).toEqual(["CREATED", "RUNNING"]);
  });

  it("lists the ended where others' tasks run by the thousand", () => {
    const plan = planSweep({ ...stakes, all: 200, active: 200 }, pages({ all: 101, RUNNING: 100 }), "auto");
    expect(plan).toMatchObject({ kind: "ended", statuses: ["COMPLETE", "FAILED", "EXPIRED", "CANCELED"] });
  });

  it("leaves a single look that is due and worth more to be made singly, unless looks wait for permits", () => {
    const due = { ...stakes, all: 1.1, active: 1.1, best: 0.6 };
    expect(planSweep(due, pages({}), "auto")).toBeUndefined();
    expect(planSweep({ ...due, isCrowded: true }, pages({}), "auto")?.kind).toBe("all");
  });

  it("takes the place of single looks altogether when batch is always", () => {
    expect(
      planSweep({ ...stakes, all: 0.5, active: 0.5, best: 0.5 }, pages({ all: 3 }), "always"),
    ).toBeDefined();
  });
});
