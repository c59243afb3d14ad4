import { describe, expect, it } from "vitest";
import { LISTED_AFTER_MS, ListingCoverage } from "../../src/engine/listing/listing-coverage.ts";
import type { ScanKind } from "../../src/engine/listing/listing-plan.ts";
import type { ListingScan } from "../../src/engine/listing/listing-scan.ts";
import type { TrackedTask } from "../../src/engine/tasks/tracked-task.ts";
import { firstPollValue, pollValueAt } from "../../src/policy/forecast/poll-value.ts";

const ADDED_MS = 10_000;
const POLLED_MS = 50_000;
const NOW_MS = 60_000;
const GAP_MS = 2000;
const PRICE = 0.4;
// Eight gaps and half a minute after the poll.
const LAPSES_MS = POLLED_MS + 8 * GAP_MS + 30_000;

/** A task that a poll has shown at {@link POLLED_MS}, unless said otherwise. */
function task(fields: Partial<TrackedTask> = {}): Parameters<ListingCoverage["coveredMs"]>[0] {
  return {
    value: firstPollValue(POLLED_MS, POLLED_MS + GAP_MS, PRICE),
    ranAtMs: Number.NEGATIVE_INFINITY,
    addedMs: ADDED_MS,
    isSeen: true,
    isPresumedEnded: false,
    isMissingFromListings: false,
    ...fields,
  };
}

/** One that was added at {@link ADDED_MS} and never seen. */
const unseen = (fields: Partial<TrackedTask> = {}) =>
  task({ isSeen: false, value: firstPollValue(0, GAP_MS, PRICE), ...fields });

const scan = (kind: ScanKind, startedAtMs: number): ListingScan =>
  ({ plan: { kind }, startedAtMs }) as unknown as ListingScan;

function during(...scans: readonly ListingScan[]): ListingCoverage {
  const coverage = new ListingCoverage();
  for (const each of scans) {
    coverage.began(each);
  }
  return coverage;
}

function afterEnded(asOfMs: number): ListingCoverage {
  const coverage = new ListingCoverage();
  coverage.readEnded(asOfMs);
  return coverage;
}

describe("without a scan", () => {
  const coverage = new ListingCoverage();

  it("a task is known until its last poll, or until a later page that showed it running", () => {
    expect(coverage.coveredMs(task(), NOW_MS)).toBe(POLLED_MS);
    expect(coverage.coveredMs(task({ ranAtMs: POLLED_MS + 5 }), NOW_MS)).toBe(POLLED_MS + 5);
    expect(coverage.coveredMs(task({ ranAtMs: POLLED_MS - 5 }), NOW_MS)).toBe(POLLED_MS);
    expect(coverage.coveredMs(unseen(), NOW_MS)).toBe(0);
  });

  it("a poll has the value that its curve has", () => {
    expect(coverage.valueOf(task(), NOW_MS)).toBe(pollValueAt(task().value, NOW_MS));
    expect(coverage.valueOf(task(), NOW_MS)).toBeGreaterThan(0);
  });
});

describe("a scan under way", () => {
  it("will tell how a seen task was when the scan began", () => {
    const coverage = during(scan("active", NOW_MS - 1000));
    expect(coverage.coveredMs(task(), NOW_MS)).toBe(NOW_MS - 1000);
    const alone = new ListingCoverage().valueOf(task(), NOW_MS);
    expect(coverage.valueOf(task(), NOW_MS)).toBeGreaterThan(0);
    expect(coverage.valueOf(task(), NOW_MS)).toBeLessThan(alone);
  });

  it("shows an unseen task first, so that a poll of it has no value", () => {
    const coverage = during(scan("all", NOW_MS - 1000));
    expect(coverage.coveredMs(unseen(), NOW_MS)).toBe(Number.POSITIVE_INFINITY);
    expect(coverage.valueOf(unseen(), NOW_MS)).toBe(0);
  });

  it("tells nothing of a task that was added after the scan began", () => {
    const coverage = during(scan("all", ADDED_MS));
    expect(coverage.coveredMs(unseen({ addedMs: ADDED_MS }), NOW_MS)).toBe(Number.POSITIVE_INFINITY);
    expect(coverage.coveredMs(unseen({ addedMs: ADDED_MS + 1 }), NOW_MS)).toBe(0);
  });

  it("tells nothing new of a task that was seen after the scan began", () => {
    expect(during(scan("all", POLLED_MS - 1)).coveredMs(task(), NOW_MS)).toBe(POLLED_MS);
    const seenInIt = unseen({ ranAtMs: NOW_MS - 1000 });
    expect(during(scan("all", NOW_MS - 1000)).coveredMs(seenInIt, NOW_MS)).toBe(NOW_MS - 1000);
  });

  it("tells nothing of a task that listings do not show", () => {
    const coverage = during(scan("all", NOW_MS - 1000));
    expect(coverage.coveredMs(task({ isMissingFromListings: true }), NOW_MS)).toBe(POLLED_MS);
  });

  it("tells of a task that is presumed ended only when it lists ended tasks", () => {
    const ended = task({ isPresumedEnded: true });
    expect(during(scan("active", NOW_MS - 1000)).coveredMs(ended, NOW_MS)).toBe(POLLED_MS);
    for (const kind of ["ended", "all"] as const) {
      expect(during(scan(kind, NOW_MS - 1000)).coveredMs(ended, NOW_MS)).toBe(NOW_MS - 1000);
    }
  });

  it("is as old as listings lag", () => {
    const coverage = during(scan("all", NOW_MS - 1000));
    coverage.lag.ended("t-other", NOW_MS - 10_000, NOW_MS - 5000, NOW_MS);
    expect(coverage.coveredMs(task(), NOW_MS)).toBe(NOW_MS - 6000);
  });

  it("counts by the last to begin, and no longer than it runs", () => {
    const [early, late] = [scan("all", NOW_MS - 3000), scan("ended", NOW_MS - 1000)];
    const coverage = during(late, early);
    expect([...coverage.running]).toEqual([late, early]);
    const covered = (isPresumedEnded: boolean): number =>
      coverage.coveredMs(task({ isPresumedEnded }), NOW_MS);
    expect([covered(false), covered(true)]).toEqual([NOW_MS - 1000, NOW_MS - 1000]);
    coverage.finished(late);
    expect([covered(false), covered(true)]).toEqual([NOW_MS - 3000, NOW_MS - 3000]);
    coverage.finished(early);
    expect([covered(false), covered(true)]).toEqual([POLLED_MS, POLLED_MS]);
    expect(coverage.running.size).toBe(0);
  });
});

describe("a task that no listing of ended tasks has shown", () => {
  it("is presumed to run on since they were read", () => {
    expect(afterEnded(NOW_MS - 500).coveredMs(task(), NOW_MS)).toBe(NOW_MS - 500);
    expect(afterEnded(POLLED_MS - 1).coveredMs(task(), NOW_MS)).toBe(POLLED_MS);
  });

  it("is presumed so by the last that were read", () => {
    const coverage = afterEnded(NOW_MS - 500);
    coverage.readEnded(NOW_MS - 2000);
    expect(coverage.coveredMs(task(), NOW_MS)).toBe(NOW_MS - 500);
  });

  it("is presumed so for eight gaps and half a minute after its poll", () => {
    const coverage = afterEnded(POLLED_MS + 100);
    expect(coverage.presumedRunningUntilMs(task())).toBe(LAPSES_MS);
    expect(coverage.coveredMs(task(), LAPSES_MS - 1)).toBe(POLLED_MS + 100);
    expect(coverage.coveredMs(task(), LAPSES_MS)).toBe(POLLED_MS);
  });

  it("may have been created too short a time before to be listed", () => {
    const coverage = afterEnded(NOW_MS);
    const added = (beforeMs: number) => task({ addedMs: NOW_MS - beforeMs });
    expect(coverage.coveredMs(added(LISTED_AFTER_MS), NOW_MS)).toBe(POLLED_MS);
    expect(coverage.coveredMs(added(LISTED_AFTER_MS + 1), NOW_MS)).toBe(NOW_MS);
  });

  it("is not presumed to run when it was never seen, has probably ended, or is in no listing", () => {
    const coverage = afterEnded(NOW_MS - 500);
    expect(coverage.coveredMs(unseen(), NOW_MS)).toBe(0);
    expect(coverage.coveredMs(task({ isPresumedEnded: true }), NOW_MS)).toBe(POLLED_MS);
    expect(coverage.coveredMs(task({ isMissingFromListings: true }), NOW_MS)).toBe(POLLED_MS);
  });

  it("is told of sooner by a scan that began after they were read", () => {
    const coverage = afterEnded(NOW_MS - 2000);
    coverage.began(scan("active", NOW_MS - 1000));
    expect(coverage.coveredMs(task(), NOW_MS)).toBe(NOW_MS - 1000);
  });
});
