import { describe, expect, it } from "vitest";
import { ListingCoverage } from "../../src/engine/listing/listing-coverage.ts";
import type { ListingScan } from "../../src/engine/listing/listing-scan.ts";
import { putOffUntilMs, requestValue } from "../../src/engine/scheduling/poll-priority.ts";
import { TrackedTask } from "../../src/engine/tasks/tracked-task.ts";
import type { WaitCore } from "../../src/engine/wait/wait-core.ts";
import { certainPollValue } from "../../src/policy/forecast/poll-value.ts";

const PRICE = 0.4;
const HOUR_MS = 3_600_000;
const SEEN_MS = 1000;
// Eight gaps and half a minute after the look: nothing that a listing lacks is believed to run on for longer.
const LAPSES_MS = SEEN_MS + 8 * 1000 * PRICE + 30_000;

/** Seen at {@link SEEN_MS}, and surely over soon after: no listing can make another look at it worth less than all. */
function watchOfEnded(): TrackedTask {
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
  const watch = new TrackedTask("t-1", core, 0, { worthOf: () => 0, granted: () => undefined });
  watch.join(core);
  watch.seen(certainPollValue(SEEN_MS, PRICE));
  return watch;
}

const sweepOfEnded = (startedAtMs: number): ListingScan =>
  ({ plan: { kind: "ended" }, startedAtMs }) as unknown as ListingScan;

describe("a look that sweeps make needless for now", () => {
  it("is put off until what they did not show is believed no more, and not for ever", () => {
    const cover = new ListingCoverage();
    cover.readEnded(20_000);
    expect(putOffUntilMs(watchOfEnded(), cover, 20_100)).toBe(LAPSES_MS);
  });

  it("is thought about again in a second while one is under way after that", () => {
    const cover = new ListingCoverage();
    cover.readEnded(59_000);
    cover.began(sweepOfEnded(60_000));
    expect(putOffUntilMs(watchOfEnded(), cover, 60_100)).toBe(61_100);
  });

  it("is due when that has lapsed and none is under way", () => {
    const cover = new ListingCoverage();
    cover.readEnded(59_000);
    expect(putOffUntilMs(watchOfEnded(), cover, LAPSES_MS)).toBeUndefined();
  });
});

describe("a look where sweeps serve all", () => {
  // Certain to have ended: worth a second for each that has passed.
  const atWorth = (seconds: number): number => SEEN_MS + 1000 * seconds;
  const serving = (): ListingCoverage => Object.assign(new ListingCoverage(), { servesAll: true });

  it("is put off while it is worth less than twice its price, and then no more", () => {
    expect(putOffUntilMs(watchOfEnded(), serving(), atWorth(1.9 * PRICE))).toBeGreaterThan(
      atWorth(1.9 * PRICE),
    );
    expect(putOffUntilMs(watchOfEnded(), serving(), atWorth(2.1 * PRICE))).toBeUndefined();
    expect(putOffUntilMs(watchOfEnded(), new ListingCoverage(), atWorth(1.9 * PRICE))).toBeUndefined();
  });

  it.each([
    ["nobody has seen the task yet", (watch: TrackedTask) => Object.assign(watch, { isSeen: false })],
    ["a listing lacked the task", (watch: TrackedTask) => Object.assign(watch, { isPresumedEnded: true })],
    [
      "listings do not show the task",
      (watch: TrackedTask) => Object.assign(watch, { isMissingFromListings: true }),
    ],
    [
      "a wait insists on it",
      (watch: TrackedTask) => {
        Object.assign(watch.lead?.options ?? {}, { maxIntervalMs: 100 });
        return watch;
      },
    ],
  ])("is made all the same when %s", (_, change) => {
    const watch = change(watchOfEnded());
    expect(putOffUntilMs(watch, serving(), atWorth(1.1 * PRICE))).toBeUndefined();
  });
});

describe("a last look before a deadline", () => {
  const NOW_MS = 100_000;

  function waitUntil(deadlineMs: number): WaitCore {
    return {
      state: { nextPollAtMs: 0, deadlineMs, callMs: 100 },
      options: { waitPriceMs: 1000 * PRICE, pollTimeoutMs: 10_000 },
    } as unknown as WaitCore;
  }

  function watchOf(...waits: readonly [WaitCore, ...WaitCore[]]): TrackedTask {
    const watch = new TrackedTask("t-1", waits[0], NOW_MS, { worthOf: () => 0, granted: () => undefined });
    for (const wait of waits) {
      watch.join(wait);
    }
    watch.update();
    return watch;
  }

  const worthOf = (watch: TrackedTask): number => requestValue(watch, new ListingCoverage(), NOW_MS);
  const distant = NOW_MS + HOUR_MS;

  it("goes before every other, however much is expected to go unnoticed there", () => {
    const precious = watchOf(waitUntil(distant));
    precious.seen(certainPollValue(0, PRICE));
    expect(worthOf(precious)).toBeGreaterThan(50);
    expect(worthOf(watchOf(waitUntil(NOW_MS + 300)))).toBeGreaterThan(worthOf(precious));
  });

  it("goes before that of a later deadline, whichever of its task's waits has it", () => {
    const near = watchOf(waitUntil(distant), waitUntil(NOW_MS + 250));
    expect(worthOf(near)).toBeGreaterThan(worthOf(watchOf(waitUntil(NOW_MS + 300))));
  });

  it("is none any more when the wait with the deadline has gone", () => {
    const hurried = waitUntil(NOW_MS + 250);
    const watch = watchOf(hurried, waitUntil(distant));
    expect(worthOf(watch)).toBeGreaterThan(1e9);
    watch.leave(hurried);
    expect(worthOf(watch)).toBe(worthOf(watchOf(waitUntil(distant))));
  });

  it("is none any more, either, when the one that has gone had joined later", () => {
    const hurried = waitUntil(NOW_MS + 250);
    const watch = watchOf(waitUntil(distant), hurried);
    expect(worthOf(watch)).toBeGreaterThan(1e9);
    watch.leave(hurried);
    expect(worthOf(watch)).toBe(worthOf(watchOf(waitUntil(distant))));
  });
});
