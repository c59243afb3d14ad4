import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MAX_POINTS,
  type ProgressTrack,
  trackProgress,
} from "../../src/policy/forecast/progress-extrapolation.ts";

const BEGAN_MS = 1_700_000_000_000;

/** Polls a progress at these seconds of the run. */
function follow(progressAt: (seconds: number) => number, polls: readonly number[]): ProgressTrack {
  let track: ProgressTrack | undefined;
  for (const seconds of polls) {
    const value = Math.floor(progressAt(seconds));
    track = trackProgress(track, BEGAN_MS + 1000 * seconds, value, { startedAtMs: BEGAN_MS, spreadMs: 0 });
  }
  return track as ProgressTrack;
}

const linear = (duration: number) => (seconds: number) => Math.min(10_000, (10_000 * seconds) / duration);
const every = (seconds: number, until: number): number[] =>
  Array.from({ length: Math.floor(until / seconds) }, (_, i) => seconds * (i + 1));

describe("the end that progress predicts", () => {
  it("is the right one when progress is even, and becomes sharp", () => {
    const { prediction } = follow(linear(600), [30, 100, 300]);
    expect(prediction?.remaining).toBeCloseTo(300, -1);
    expect(prediction?.scale).toBeLessThan(20);
  });

  it("is vague at the first poll, whatever it says", () => {
    const { prediction } = follow(linear(600), [61]);
    expect(prediction?.remaining).toBeCloseTo(539, -1);
    expect(prediction?.scale).toBeGreaterThan(100);
  });

  it("is not told while nothing has moved", () => {
    expect(follow(() => 0, [1, 5, 20]).prediction).toBeUndefined();
  });

  it("follows the last tenth of the run as much as the whole", () => {
    const slowedDown = (seconds: number): number =>
      seconds < 100 ? 50 * seconds : 5000 + 10 * (seconds - 100);
    const { prediction } = follow(slowedDown, every(5, 200));
    const [byWhole, byRecent] = [(4000 * 200) / 6000, 400];
    expect(prediction?.remaining).toBeGreaterThan(byWhole);
    expect(prediction?.remaining).toBeLessThan(byRecent);
    expect(prediction?.remaining).toBeCloseTo((byWhole + byRecent) / 2, -1);
  });

  it("is widened by how far it has moved since the poll before", () => {
    const even = follow(linear(600), [100, 200, 300]);
    const jumped = follow((seconds) => (seconds < 250 ? linear(600)(seconds) : 8000), [100, 200, 300]);
    expect(jumped.prediction?.scale).toBeGreaterThan(3 * (even.prediction?.scale ?? 0));
  });

  it("stays vague for a while after it was wrong, though polls that follow closely agree", () => {
    const slower = (seconds: number): number => (seconds <= 100 ? 50 * seconds : 5000 + 20 * (seconds - 100));
    const wrong = [...every(10, 100), 120];
    const closely = [120.5, 121, 121.5, 122];
    const scaleAfter = (polls: readonly number[]): number =>
      follow(slower, polls).prediction?.scale ?? Number.NaN;
    expect(scaleAfter([...wrong, ...closely])).toBeGreaterThan(0.8 * scaleAfter(wrong));
  });

  it("is widened by the size of the steps that it is told in", () => {
    const fine = follow(linear(600), [100, 200, 303]);
    const steps = follow((seconds) => 1000 * Math.floor(linear(600)(seconds) / 1000), [100, 200, 303]);
    expect(fine.quantum).toBeLessThan(10);
    expect(steps.quantum).toBe(1000);
    expect(steps.prediction?.scale).toBeGreaterThan(fine.prediction?.scale ?? 0);
  });

  it("takes a step that is overdue for a stall: the longer, the later and the vaguer", () => {
    const stuck = (seconds: number): number => Math.min(9900, linear(100)(seconds));
    const scales = [150, 300, 1000].map((until) => follow(stuck, every(10, until)).prediction);
    expect(scales.map((p) => p?.remaining)).toEqual(
      scales.map((p) => p?.remaining).sort((a, b) => Number(a) - Number(b)),
    );
    expect(scales.at(-1)?.remaining).toBeGreaterThan(800);
    expect(scales.at(-1)?.scale).toBeGreaterThan(400);
  });

  it("is forgotten when progress goes backwards, and counted from there", () => {
    const restarted = (seconds: number): number => (seconds < 100 ? 80 * seconds : 20 * (seconds - 100));
    const polls = [50, 90, 110];
    const { prediction, origin, points } = follow(restarted, polls);
    expect(prediction).toBeUndefined();
    expect(points).toEqual([]);
    expect(origin.value).toBe(200);
    const later = follow(restarted, [...polls, 150, 200]).prediction;
    expect(later?.remaining).toBeGreaterThan(360);
    expect(later?.remaining).toBeLessThan(440);
  });

  it("comes to 0, but never below, at 10000 that runs on", () => {
    const { prediction } = follow(linear(100), [50, 100, 100.5]);
    expect(prediction?.remaining).toBeGreaterThanOrEqual(0);
    expect(prediction?.remaining).toBeLessThan(1);
  });
});

describe("the track", () => {
  const polls = fc.array(
    fc.record({
      gap: fc.double({ min: 0.2, max: 300, noNaN: true }),
      value: fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(0, 1000, 5000, 9900, 10_000)),
      spread: fc.integer({ min: 0, max: 60_000 }),
    }),
    { minLength: 1, maxLength: 60 },
  );

  it("stays small, finite and plain JSON, whatever is reported", () => {
    fc.assert(
      fc.property(polls, (all) => {
        let track: ProgressTrack | undefined;
        let atMs = BEGAN_MS;
        for (const { gap, value, spread } of all) {
          atMs += 1000 * gap;
          track = trackProgress(track, atMs, value, { startedAtMs: BEGAN_MS, spreadMs: spread });
          expect(track.points.length).toBeLessThanOrEqual(MAX_POINTS);
          expect(JSON.parse(JSON.stringify(track))).toEqual(track);
          if (track.prediction !== undefined) {
            expect(track.prediction.remaining).toBeGreaterThanOrEqual(0);
            expect(track.prediction.scale).toBeGreaterThanOrEqual(0.05);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the last tenth of a run that is polled all the time, within its limit", () => {
    const { points } = follow(linear(100_000), every(10, 50_000));
    expect(points.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(JSON.stringify(points).length).toBeLessThan(2000);
  });
});
