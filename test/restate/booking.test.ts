import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { book, closeFor } from "../../src/restate/booking.ts";

describe("booking calls of a quota", () => {
  it("never lets more through in a sliding second than 1.3 times the rate, and one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.array(
          fc.record({
            calls: fc.integer({ min: 1, max: 25 }),
            gapMs: fc.integer({ min: 0, max: 800 }),
            leadMs: fc.integer({ min: 0, max: 2000 }),
          }),
          {
            maxLength: 60,
          },
        ),
        (perSecond, requests) => {
          let bookedUntilMs = 0;
          let nowMs = 1_000_000;
          const calls: number[] = [];
          for (const request of requests) {
            nowMs += request.gapMs;
            const { slot, bookedUntilMs: until } = book(bookedUntilMs, request, perSecond, nowMs);
            bookedUntilMs = until;
            expect(slot.atMs).toBeGreaterThanOrEqual(nowMs + request.leadMs);
            for (let index = 0; index < request.calls; index++) {
              calls.push(slot.atMs + index * slot.everyMs);
            }
          }
          calls.sort((a, b) => a - b);
          for (const [index, fromMs] of calls.entries()) {
            const within = calls.slice(index).filter((atMs) => atMs < fromMs + 1000).length;
            expect(within).toBeLessThanOrEqual(perSecond * 1.3 + 1);
          }
        },
      ),
    );
  });

  it("serves in the order of asking, and tells how far it is booked out", () => {
    const first = book(0, { calls: 10, leadMs: 0 }, 10, 5000);
    const second = book(first.bookedUntilMs, { calls: 10, leadMs: 0 }, 10, 5000);
    expect(first.slot).toEqual({ bookedAtMs: 5000, atMs: 5000, everyMs: 100, backlogMs: 0 });
    expect(second.slot.atMs).toBe(5700);
    expect(second.slot.backlogMs).toBe(700);
  });

  it("gives nothing out while the service wants to be left alone, and no burst after that", () => {
    const { slot } = book(closeFor(0, 2000, 1000), { calls: 1, leadMs: 0 }, 10, 1500);
    expect(slot.atMs).toBe(3000);
    expect(closeFor(9000, 10, 1000)).toBe(9000);
  });
});
