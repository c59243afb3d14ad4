import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ARRIVAL_SLACK_MS } from "../../src/durable/paced-rate.ts";
import { book, closeFor } from "../../src/restate/booking.ts";
import { mostWithin } from "../most-within.ts";

describe("booking calls of a quota", () => {
  it("lets no more than the rate arrive in any second, however unevenly the calls are late within the slack", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(
          fc.record({
            calls: fc.integer({ min: 1, max: 25 }),
            gapMs: fc.integer({ min: 0, max: 800 }),
            leadMs: fc.integer({ min: 0, max: 2000 }),
          }),
          { maxLength: 60 },
        ),
        fc.infiniteStream(fc.integer({ min: 0, max: ARRIVAL_SLACK_MS - 1 })),
        fc.boolean(),
        (perSecond, requests, late, isStalled) => {
          let bookedUntilMs = 0;
          let nowMs = 1_000_000;
          const calls: number[] = [];
          for (const request of requests) {
            nowMs += request.gapMs;
            const { slot, bookedUntilMs: until } = book(bookedUntilMs, request, perSecond, nowMs);
            bookedUntilMs = until;
            expect(slot.atMs).toBeGreaterThanOrEqual(nowMs + request.leadMs);
            for (let index = 0; index < request.calls; index++) {
              const atMs = slot.atMs + index * slot.everyMs;
              // Either each by itself, or all of a while, that come together at its end.
              calls.push(isStalled ? Math.ceil(atMs / 249) * 249 : atMs + (late.next().value ?? 0));
            }
          }
          expect(mostWithin(calls, 1000)).toBeLessThanOrEqual(perSecond);
        },
      ),
    );
  });

  it("serves in the order of asking, four fifths of the rate, and tells how far it is booked out", () => {
    const first = book(0, { calls: 8, leadMs: 0 }, 10, 5000);
    const second = book(first.bookedUntilMs, { calls: 8, leadMs: 0 }, 10, 5000);
    expect(first.slot).toEqual({ bookedAtMs: 5000, atMs: 5000, everyMs: 125, backlogMs: 0 });
    expect(second.slot).toEqual({ bookedAtMs: 5000, atMs: 6000, everyMs: 125, backlogMs: 1000 });
  });

  it("gives nothing out while the service wants to be left alone", () => {
    const { slot } = book(closeFor(0, 2000, 1000), { calls: 1, leadMs: 0 }, 10, 1500);
    expect(slot.atMs).toBe(3000);
    expect(closeFor(9000, 10, 1000)).toBe(9000);
  });
});
