import { describe, expect, it } from "vitest";
import { ListingCoverage } from "../../src/engine/listing/listing-coverage.ts";
import type { ListingScan } from "../../src/engine/listing/listing-scan.ts";
import { deferredUntilMs, pollPriority } from "../../src/engine/scheduling/poll-priority.ts";
import { TrackedTask } from "../../src/engine/tasks/tracked-task.ts";
import type { WaitCore } from "../../src/engine/wait/wait-core.ts";
import type { Task } from "../../src/index.ts";
import { certainPollValue } from "../../src/policy/forecast/poll-value.ts";

const TASK: Task = { taskId: "t-1", taskStatus: "RUNNING" };
const PRICE = 0.4;
const HOUR_MS = 3_600_000;
const SEEN_MS = 1000;
// Eight gaps and half a minute after the poll: no task that a listing lacks is presumed to run on for longer.
const LAPSES_MS = SEEN_MS + 8 * 1000 * PRICE + 30_000;

/** Seen at {@link SEEN_MS}, and surely over soon after: no listing can take all value from another poll of it. */
function endedTask(): TrackedTask {
  const core = {
    state: {
      nextPollAtMs: 0,
      startedAtMs: 0,
      polledAtMs: SEEN_MS,
      deadlineMs: HOUR_MS,
      failuresInARow: 0,
      throttledInARow: 0,
    },
    options: { waitPriceMs: 1000 * PRICE, maxIntervalMs: HOUR_MS, pollTimeoutMs: 10_000 },
  } as unknown as WaitCore;
  const tracked = new TrackedTask(core, 0);
  tracked.join(core);
  tracked.seen(TASK, certainPollValue(SEEN_MS, PRICE));
  return tracked;
}

const scanOfEnded = (startedAtMs: number): ListingScan =>
  ({ plan: { kind: "ended" }, startedAtMs }) as unknown as ListingScan;

describe("a poll that scans make needless for now", () => {
  it("is deferred until what they did not show is presumed no more, and no longer", () => {
    const coverage = new ListingCoverage();
    coverage.readEnded(20_000);
    expect(deferredUntilMs(endedTask(), coverage, 20_100)).toBe(LAPSES_MS);
  });

  it("is thought about again in a second while one is under way after that", () => {
    const coverage = new ListingCoverage();
    coverage.readEnded(59_000);
    coverage.began(scanOfEnded(60_000));
    expect(deferredUntilMs(endedTask(), coverage, 60_100)).toBe(61_100);
  });

  it("is due when that has lapsed and none is under way", () => {
    const coverage = new ListingCoverage();
    coverage.readEnded(59_000);
    expect(deferredUntilMs(endedTask(), coverage, LAPSES_MS)).toBeUndefined();
  });
});

describe("a last poll before a deadline", () => {
  const NOW_MS = 100_000;

  function waitUntil(deadlineMs: number): WaitCore {
    return {
      state: { nextPollAtMs: 0, deadlineMs, callMs: 100 },
      options: { waitPriceMs: 1000 * PRICE, pollTimeoutMs: 10_000 },
    } as unknown as WaitCore;
  }

  function trackedFor(...waits: readonly [WaitCore, ...WaitCore[]]): TrackedTask {
    const tracked = new TrackedTask(waits[0], NOW_MS);
    for (const wait of waits) {
      tracked.join(wait);
    }
    return tracked;
  }

  const priorityOf = (tracked: TrackedTask): number => pollPriority(tracked, new ListingCoverage(), NOW_MS);
  const distant = NOW_MS + HOUR_MS;

  it("goes before every other, however much is expected to go unnoticed there", () => {
    const precious = trackedFor(waitUntil(distant));
    precious.seen(TASK, certainPollValue(0, PRICE));
    expect(priorityOf(precious)).toBeGreaterThan(50);
    expect(priorityOf(trackedFor(waitUntil(NOW_MS + 300)))).toBeGreaterThan(priorityOf(precious));
  });

  it("goes before that of a later deadline, whichever of its task's waits has it", () => {
    const near = trackedFor(waitUntil(distant), waitUntil(NOW_MS + 250));
    expect(priorityOf(near)).toBeGreaterThan(priorityOf(trackedFor(waitUntil(NOW_MS + 300))));
  });

  it("is none any more when the wait with the deadline has ended", () => {
    const hurried = waitUntil(NOW_MS + 250);
    const tracked = trackedFor(hurried, waitUntil(distant));
    expect(priorityOf(tracked)).toBeGreaterThan(1e9);
    tracked.leave(hurried);
    expect(priorityOf(tracked)).toBe(priorityOf(trackedFor(waitUntil(distant))));
  });

  it("is none any more, either, when the one that has ended had joined later", () => {
    const hurried = waitUntil(NOW_MS + 250);
    const tracked = trackedFor(waitUntil(distant), hurried);
    expect(priorityOf(tracked)).toBeGreaterThan(1e9);
    tracked.leave(hurried);
    expect(priorityOf(tracked)).toBe(priorityOf(trackedFor(waitUntil(distant))));
  });
});
