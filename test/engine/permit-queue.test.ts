import { describe, expect, it, vi } from "vitest";
import { MonotonicClock } from "../../src/async/monotonic-clock.ts";
import { HeapEntry } from "../../src/engine/rate/indexed-heap.ts";
import { PermitDispatcher, STARVATION_LIMIT } from "../../src/engine/rate/permit-dispatcher.ts";
import { PermitQueue } from "../../src/engine/rate/permit-queue.ts";
import { RateLimiter } from "../../src/engine/rate/rate-limiter.ts";
import { pass, useFakeTime } from "./fake-time.ts";

useFakeTime();

interface Item {
  readonly name: string;
  readonly value: () => number;
  readonly then: () => void;
}

/** A queue, and the names of the items that it has granted. */
function makeQueue(perSecond: number): { readonly queue: PermitQueue<Item>; readonly granted: string[] } {
  const clock = new MonotonicClock();
  const granted: string[] = [];
  const queue = new PermitQueue<Item>(new PermitDispatcher(new RateLimiter(clock, { perSecond })), clock, {
    priority: ({ value }) => value(),
    grant: ({ name, then }) => {
      granted.push(name);
      then();
    },
  });
  return { queue, granted };
}

function item(name: string, value: number | (() => number), then = (): void => {}): HeapEntry<Item> {
  return new HeapEntry({ name, value: typeof value === "number" ? () => value : value, then });
}

describe("the permit queue", () => {
  it("gives a permit to the item of the highest priority when it comes free", async () => {
    const { queue, granted } = makeQueue(10);
    let late = 0;
    queue.add(item("first", 9));
    queue.add(item("low", 1));
    queue.add(item("rises", () => late));
    queue.add(item("high", 3));
    late = 5;
    await pass(1000);
    expect(granted).toEqual(["first", "rises", "high", "low"]);
  });

  it("starves no item: every eighth permit goes to the oldest, whatever the priority of newer ones", async () => {
    const { queue, granted } = makeQueue(100);
    const again = (): void => queue.add(item("new", 100, again));
    queue.add(item("new", 100, again));
    queue.add(item("new", 100, again));
    queue.add(item("old", 1));
    await pass(1000);
    const at = granted.indexOf("old");
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThan(STARVATION_LIMIT * 3);
  });

  it("keeps nothing pending when the last item was replaced in the turn in which it was withdrawn", async () => {
    const { queue, granted } = makeQueue(1);
    queue.add(item("first", 1));
    await pass(0);
    const withdrawn = item("withdrawn", 1);
    const replacement = item("replacement", 1);
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

  it("keeps nothing pending once every item is withdrawn", async () => {
    const { queue, granted } = makeQueue(1);
    const items = ["a", "b", "c"].map((name) => item(name, 1));
    items.forEach((each) => {
      queue.add(each);
    });
    await pass(10);
    items.forEach((each) => {
      queue.remove(each);
    });
    await pass(5000);
    expect(granted).toHaveLength(1);
    expect(queue.size).toBe(0);
  });
});
