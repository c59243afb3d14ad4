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
  value: number;
}

type Entry = HeapEntry<Item>;

const item = (name: string, value: number): Entry => new HeapEntry({ name, value });

interface Made {
  readonly queue: PermitQueue<Item>;
  readonly dispatcher: PermitDispatcher;
  /** What it has granted. */
  readonly granted: string[];
  /** Whose priorities it has asked for. */
  readonly ranked: string[];
}

/** Queues that get so many permits a second together, and write down what they do in the same lists. */
function makeQueues(count: number, perSecond: number, maxInFlight?: number) {
  const clock = new MonotonicClock();
  const granted: string[] = [];
  const ranked: string[] = [];
  const dispatcher = new PermitDispatcher(new RateLimiter(clock, { perSecond }), maxInFlight);
  const queues = Array.from({ length: count }, () => {
    return new PermitQueue<Item>(dispatcher, clock, {
      priority: ({ name, value }) => {
        ranked.push(name);
        return value;
      },
      grant: ({ name }) => granted.push(name),
    });
  });
  return { queues, dispatcher, granted, ranked };
}

function makeQueue(perSecond: number, maxInFlight?: number): Made {
  const { queues, ...made } = makeQueues(1, perSecond, maxInFlight);
  return { queue: queues[0] as PermitQueue<Item>, ...made };
}

function addAll(queue: PermitQueue<Item>, entries: readonly Entry[]): void {
  for (const entry of entries) {
    queue.add(entry);
  }
}

/** A queue whose one permit of a second has just been spent. */
async function makeWaitingQueue(): Promise<Made> {
  const made = makeQueue(1);
  made.queue.add(item("first", 0));
  await pass(0);
  made.granted.length = 0;
  return made;
}

const names = (items: readonly Item[]): string[] => items.map(({ name }) => name);

describe("items that wait for permits", () => {
  it("are counted, and known, until their call goes out or they are withdrawn", async () => {
    const { queue } = await makeWaitingQueue();
    const [one, other] = [item("one", 2), item("other", 1)];
    addAll(queue, [one, other]);
    expect([queue.size, queue.has(one), queue.has(other)]).toEqual([2, true, true]);
    queue.remove(other);
    expect([queue.size, queue.has(other)]).toEqual([1, false]);
    await pass(1000);
    expect([queue.size, queue.has(one)]).toEqual([0, false]);
  });

  it("keep their turn when another is withdrawn, which then has none", async () => {
    const { queue, granted } = await makeWaitingQueue();
    const withdrawn = item("withdrawn", 9);
    addAll(queue, [withdrawn, item("low", 1), item("high", 2)]);
    await pass(500);
    queue.remove(withdrawn);
    await pass(1500);
    expect(granted).toEqual(["high", "low"]);
  });

  it("come after the oldest at every eighth permit, and before it at all others", async () => {
    const { queue, granted } = makeQueue(10);
    addAll(queue, [
      item("old", 0),
      ...Array.from({ length: 2 * STARVATION_LIMIT }, (_, at) => item(`new ${at}`, at + 1)),
      item("last", 0.5),
    ]);
    await pass(10_000);
    expect(granted.indexOf("old")).toBe(STARVATION_LIMIT - 1);
    expect(granted[2 * STARVATION_LIMIT - 1]).toBe("new 0");
    expect(granted.at(-1)).toBe("last");
  });

  it("do not grow older while they are not in it", async () => {
    const { queue, granted } = makeQueue(10);
    const [withdrawn, taken] = [item("withdrawn", 0), item("taken", 0.5)];
    addAll(queue, [
      withdrawn,
      taken,
      ...Array.from({ length: 2 * STARVATION_LIMIT }, (_, at) => item(`new ${at}`, at + 1)),
    ]);
    queue.remove(withdrawn);
    expect(names(queue.take(1, ({ name }) => name === "taken"))).toEqual(["taken"]);
    await pass(10_000);
    expect(granted[STARVATION_LIMIT - 1]).toBe("new 0");
    expect(granted).toHaveLength(2 * STARVATION_LIMIT);
  });
});

describe("queues that draw on one quota", () => {
  it("get each permit for the item of the highest priority, of whichever queue", async () => {
    const { queues, dispatcher, granted } = makeQueues(3, 10);
    const items = [
      [item("c", 3), item("f", 0)],
      [item("a", 5), item("d", 2)],
      [item("e", 1), item("b", 4)],
    ];
    queues.forEach((queue, at) => {
      addAll(queue, items[at] ?? []);
    });
    expect(dispatcher.size).toBe(6);
    await pass(1000);
    expect(granted).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(dispatcher.size).toBe(0);
  });

  it("take turns where their items have the same priority", async () => {
    const { queues, granted } = makeQueues(3, 10);
    for (const [at, queue] of queues.entries()) {
      addAll(queue, [item(`${at}`, 1), item(`${at}`, 1)]);
    }
    await pass(1000);
    expect(granted).toEqual(["0", "1", "2", "0", "1", "2"]);
  });

  it("get every eighth permit for the oldest item, of whichever queue", async () => {
    const { queues, granted } = makeQueues(3, 10);
    const [first, second, third] = queues;
    first?.add(item("oldest", 0));
    second?.add(item("younger", 0));
    first?.add(item("best", 200));
    for (let at = 0; at < 2 * STARVATION_LIMIT; at++) {
      third?.add(item("new", 100));
    }
    await pass(5000);
    expect(["best", "oldest", "younger"].map((name) => granted.indexOf(name))).toEqual([
      0,
      STARVATION_LIMIT - 1,
      2 * STARVATION_LIMIT - 1,
    ]);
  });

  it("get one for an item whose priority is no number", async () => {
    const { queues, granted } = makeQueues(2, 10);
    for (const queue of queues) {
      addAll(queue, [item("odd", Number.NaN), item("low", Number.NEGATIVE_INFINITY)]);
    }
    await pass(1000);
    expect(granted.sort()).toEqual(["low", "low", "odd", "odd"]);
  });

  it("keep the permit that was under way for an item which then rode in another's call", async () => {
    const { queues, granted } = makeQueues(2, 1);
    const [one, other] = queues;
    one?.add(item("first", 1));
    await pass(0);
    one?.add(item("rides", 1));
    one?.take(1, () => true);
    other?.add(item("next", 1));
    await pass(1000);
    expect(granted).toEqual(["first", "next"]);
  });
});

describe("priorities that change", () => {
  it("are asked for again every 100 ms, and not at each permit", async () => {
    const { queue, granted, ranked } = makeQueue(50);
    const late = item("late", 0);
    addAll(queue, [...Array.from({ length: 8 }, (_, at) => item(`${at}`, 10 - at)), late]);
    await pass(0);
    const reranked = ranked.length;
    late.item.value = 99;
    await pass(99);
    expect(ranked).toHaveLength(reranked);
    expect(granted).toEqual(["0", "1", "2", "3", "4"]);
    await pass(1);
    expect(granted).toEqual(["0", "1", "2", "3", "4", "late"]);
  });

  it("are asked for again every second where more than 20,000 items wait", async () => {
    const { queue, granted, ranked } = makeQueue(5);
    const late = item("late", 0);
    addAll(queue, [...Array.from({ length: 20_003 }, (_, at) => item(`${at}`, 90_000 - at)), late]);
    await pass(0);
    const reranked = ranked.length;
    late.item.value = 99_999;
    await pass(500);
    expect(granted).toEqual(["0", "1", "2"]);
    expect(ranked).toHaveLength(reranked);
    // At 20,000 items it is no large queue.
    await pass(300);
    expect(granted.at(-1)).toBe("late");
    for (let left = queue.size; left > 0; left = queue.size) {
      queue.take(left, () => true);
    }
  });
});

describe("calls in flight", () => {
  it("are as many as allowed, and the next goes out when one of them has ended", async () => {
    const { queue, dispatcher, granted } = makeQueue(100, 2);
    addAll(queue, [item("a", 4), item("b", 3), item("c", 2), item("d", 1)]);
    await pass(1000);
    expect(granted).toEqual(["a", "b"]);
    expect(vi.getTimerCount()).toBe(0);
    dispatcher.returned();
    await pass(1000);
    expect(granted).toEqual(["a", "b", "c"]);
    dispatcher.returned();
    dispatcher.returned();
    await pass(1000);
    expect(granted).toEqual(["a", "b", "c", "d"]);
  });
});

describe("a queue of nothing", () => {
  it("asks for no permit once all of its items are sent", async () => {
    const { queue } = makeQueue(1);
    queue.add(item("only", 1));
    await pass(0);
    expect(queue.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is one whose only item was withdrawn while no more calls may go out", async () => {
    const { queue, dispatcher, granted } = makeQueue(100, 1);
    const second = item("second", 1);
    addAll(queue, [item("first", 2), second]);
    await pass(1000);
    queue.remove(second);
    expect(queue.size).toBe(0);
    dispatcher.returned();
    queue.add(item("third", 1));
    await pass(1000);
    expect(granted).toEqual(["first", "third"]);
  });
});

describe("items that ride in another's call", () => {
  it("are the first by priority, as many as fit, of those that are accepted", async () => {
    const { queue, granted } = await makeWaitingQueue();
    addAll(queue, [item("a", 1), item("b", 5), item("c", 3), item("d", 4), item("e", 2)]);
    expect(names(queue.take(2, ({ name }) => name !== "d"))).toEqual(["b", "c"]);
    expect(queue.size).toBe(3);
    await pass(3000);
    expect(granted).toEqual(["d", "e", "a"]);
  });

  it("are none where none fits or none is accepted", async () => {
    const { queue } = await makeWaitingQueue();
    addAll(queue, [item("a", 1), item("b", 5)]);
    expect(queue.take(0, () => true)).toEqual([]);
    expect(queue.take(5, () => false)).toEqual([]);
    expect(names(queue.take(5, () => true))).toEqual(["b", "a"]);
  });

  it("leave the permit that was under way for them to the next", async () => {
    const { queue, granted } = await makeWaitingQueue();
    queue.add(item("rides", 1));
    expect(names(queue.take(1, () => true))).toEqual(["rides"]);
    await pass(1000);
    expect(granted).toEqual([]);
    queue.add(item("next", 1));
    await pass(1000);
    expect(granted).toEqual(["next"]);
  });

  it("are never calls that go on with what has begun", async () => {
    const { queue } = await makeWaitingQueue();
    const isGranted = vi.fn();
    void queue.acquire(new AbortController().signal).then(isGranted);
    queue.add(item("a", 1));
    expect(names(queue.take(5, () => true))).toEqual(["a"]);
    await pass(1000);
    expect(isGranted).toHaveBeenCalledOnce();
  });
});

describe("a call that goes on with what has begun", () => {
  it("goes out before every item, whatever its priority", async () => {
    const { queue, granted } = await makeWaitingQueue();
    addAll(queue, [item("a", 1e300), item("b", 1)]);
    void queue.acquire(new AbortController().signal).then(() => granted.push("goes on"));
    await pass(3000);
    expect(granted).toEqual(["goes on", "a", "b"]);
  });

  it("is withdrawn with its signal's reason, and leaves nothing pending", async () => {
    const { queue } = await makeWaitingQueue();
    const controller = new AbortController();
    const reason = new Error("enough");
    const call = queue.acquire(controller.signal);
    const refused = expect(call).rejects.toBe(reason);
    await pass(10);
    controller.abort(reason);
    await refused;
    expect(queue.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not asked for when its signal has aborted before", async () => {
    const { queue } = await makeWaitingQueue();
    const reason = new Error("enough");
    await expect(queue.acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(queue.size).toBe(0);
  });

  it("no longer listens to its signal once it goes out", async () => {
    const { queue } = await makeWaitingQueue();
    const { signal } = new AbortController();
    const [adding, removing] = [
      vi.spyOn(signal, "addEventListener"),
      vi.spyOn(signal, "removeEventListener"),
    ];
    const call = queue.acquire(signal);
    await pass(1000);
    await call;
    const [name, listener, options] = adding.mock.calls[0] ?? [];
    expect([name, options]).toEqual(["abort", { once: true }]);
    expect(removing).toHaveBeenCalledExactlyOnceWith("abort", listener);
  });
});
