import { describe, expect, it, vi } from "vitest";
import { MonotonicClock } from "../../src/async/monotonic-clock.ts";
import { type Claim, PATIENCE, PermitQueue } from "../../src/engine/rate/permit-queue.ts";
import { RateLimiter } from "../../src/engine/rate/rate-limiter.ts";
import { pass, useFakeTime } from "./fake-time.ts";

useFakeTime();

function makeQueue(perSecond: number): PermitQueue {
  const clock = new MonotonicClock();
  return new PermitQueue(new RateLimiter(clock, { perSecond }), clock);
}

function claim(
  name: string,
  worth: number | (() => number),
  granted: string[],
  then = (): void => {},
): Claim {
  return {
    rank: 0,
    heapIndex: -1,
    ticket: -1,
    worthNow: () => (typeof worth === "number" ? worth : worth()),
    granted: () => {
      granted.push(name);
      then();
    },
  };
}

describe("the permit queue", () => {
  it("gives a permit to the claim that is worth most when it comes free", async () => {
    const queue = makeQueue(10);
    const granted: string[] = [];
    let late = 0;
    queue.add(claim("first", 9, granted));
    queue.add(claim("low", 1, granted));
    queue.add(claim("rises", () => late, granted));
    queue.add(claim("high", 3, granted));
    late = 5;
    await pass(1000);
    expect(granted).toEqual(["first", "rises", "high", "low"]);
  });

  it("starves no claim: every eighth permit goes to the oldest, however much newer ones are worth", async () => {
    const queue = makeQueue(100);
    const granted: string[] = [];
    const again = (): void => queue.add(claim("new", 100, granted, again));
    queue.add(claim("new", 100, granted, again));
    queue.add(claim("new", 100, granted, again));
    queue.add(claim("old", 1, granted));
    await pass(1000);
    const at = granted.indexOf("old");
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThan(PATIENCE * 3);
  });

  it("keeps nothing pending when the last claim was replaced in the turn in which it was withdrawn", async () => {
    const queue = makeQueue(1);
    const granted: string[] = [];
    queue.add(claim("first", 1, granted));
    await pass(0);
    const withdrawn = claim("withdrawn", 1, granted);
    const replacement = claim("replacement", 1, granted);
    queue.add(withdrawn);
    await pass(10);
    queue.remove(withdrawn);
    queue.add(replacement);
    await pass(10);
    queue.remove(replacement);
    await pass(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(granted).toEqual(["first"]);
  });

  it("keeps nothing pending once every claim is withdrawn", async () => {
    const queue = makeQueue(1);
    const granted: string[] = [];
    const claims = ["a", "b", "c"].map((name) => claim(name, 1, granted));
    claims.forEach((each) => {
      queue.add(each);
    });
    await pass(10);
    claims.forEach((each) => {
      queue.remove(each);
    });
    await pass(5000);
    expect(granted).toHaveLength(1);
    expect(queue.size).toBe(0);
  });
});
