import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it, vi } from "vitest";
import { MonotonicClock } from "../../src/async/monotonic-clock.ts";
import { HeapEntry } from "../../src/engine/rate/indexed-heap.ts";
import { PermitDispatcher, STARVATION_LIMIT } from "../../src/engine/rate/permit-dispatcher.ts";
import { PermitQueue } from "../../src/engine/rate/permit-queue.ts";
import { RateLimiter } from "../../src/engine/rate/rate-limiter.ts";
import { soak } from "../soak.ts";
import { useFakeTime } from "./fake-time.ts";

useFakeTime();

const QUEUES = 3;
const MAX_IN_FLIGHT = 3;
const PER_SECOND = 20;

/** One thing that happens. `which` chooses among what is there, whatever the number. */
type Happening =
  | { readonly does: "add"; readonly queue: number; readonly value: number }
  | { readonly does: "acquire"; readonly queue: number }
  | { readonly does: "remove" | "abort" | "return"; readonly which: number }
  | { readonly does: "ride"; readonly queue: number; readonly count: number }
  | { readonly does: "pass"; readonly ms: number };

const which = fc.nat(50);
const queue = fc.nat(QUEUES - 1);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({ does: fc.constant("add" as const), queue, value: fc.constantFrom(1, 1, 2, 100) }),
  },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("acquire" as const), queue }) },
  { weight: 8, arbitrary: fc.record({ does: fc.constantFrom("remove" as const, "abort" as const), which }) },
  { weight: 20, arbitrary: fc.record({ does: fc.constant("return" as const), which }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("ride" as const), queue, count: fc.nat(3) }) },
  {
    weight: 25,
    arbitrary: fc.record({ does: fc.constant("pass" as const), ms: fc.constantFrom(0, 50, 300) }),
  },
);

interface Item {
  readonly queue: number;
  readonly value: number;
  /** Items of all queues that were there before it. */
  readonly before: number;
  readonly permitsBefore: number;
}

/** Several queues on one limiter. */
class Stage {
  readonly waiting = new Set<HeapEntry<Item>>();
  readonly #acquiring = new Set<AbortController>();
  readonly #queues: readonly PermitQueue<Item>[];
  readonly #dispatcher: PermitDispatcher;
  #rides: { readonly queue: number; readonly count: number } | undefined;
  #permits = 0;
  #inFlight = 0;

  constructor() {
    const clock = new MonotonicClock();
    const limiter = new RateLimiter(clock, { perSecond: PER_SECOND });
    this.#dispatcher = new PermitDispatcher(limiter, MAX_IN_FLIGHT);
    this.#queues = Array.from({ length: QUEUES }, (_, at) => {
      const options = {
        priority: ({ value }: Item) => value,
        grant: (item: Item) => this.#granted(item, at),
      };
      return new PermitQueue<Item>(this.#dispatcher, clock, options);
    });
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.#acquiring.size === 0;
  }

  async play(one: Happening): Promise<void> {
    switch (one.does) {
      case "add":
        this.#add(one.queue, one.value);
        break;
      case "acquire":
        this.#acquire(one.queue);
        break;
      case "remove": {
        const entry = [...this.waiting][one.which % Math.max(1, this.waiting.size)];
        if (entry !== undefined) {
          this.waiting.delete(entry);
          this.#queues[entry.item.queue]?.remove(entry);
        }
        break;
      }
      case "abort":
        [...this.#acquiring][one.which % Math.max(1, this.#acquiring.size)]?.abort();
        break;
      case "return":
        this.#return();
        break;
      case "ride":
        this.#rides = one;
        break;
      case "pass":
        await vi.advanceTimersByTimeAsync(one.ms);
    }
    this.#check();
  }

  /** Every call returns at once from now on: all that wait must get a permit. */
  async end(): Promise<void> {
    for (let round = 0; round < 200 && !this.isEmpty; round++) {
      while (this.#inFlight > 0) {
        this.#return();
      }
      await vi.advanceTimersByTimeAsync(1000 / PER_SECOND);
      this.#check();
    }
    await vi.advanceTimersByTimeAsync(0);
    assert.ok(this.isEmpty, "none starves");
    assert.equal(vi.getTimerCount(), 0, "no timer is left");
  }

  #add(at: number, value: number): void {
    const before = this.waiting.size + this.#acquiring.size;
    const entry = new HeapEntry({ queue: at, value, before, permitsBefore: this.#permits });
    this.waiting.add(entry);
    this.#queues[at]?.add(entry);
  }

  #acquire(at: number): void {
    const controller = new AbortController();
    this.#acquiring.add(controller);
    void this.#queues[at]
      ?.acquire(controller.signal)
      .then(
        () => this.#permit(),
        () => undefined,
      )
      .finally(() => this.#acquiring.delete(controller));
  }

  #granted(item: Item, at: number): void {
    assert.equal(item.queue, at, "a queue is granted its own items only");
    this.#leave(item);
    this.#permit();
    const permits = this.#permits - item.permitsBefore;
    assert.ok(
      permits <= STARVATION_LIMIT * (item.before + 1),
      `${permits} permits with ${item.before} before`,
    );
    const rides = this.#rides;
    this.#rides = undefined;
    for (const rider of rides === undefined ? [] : (this.#queues[at]?.take(rides.count, () => true) ?? [])) {
      assert.equal(rider.queue, at, "riders are the queue's own");
      this.#leave(rider);
    }
  }

  #leave(item: Item): void {
    const entry = [...this.waiting].find((one) => one.item === item);
    assert.ok(entry !== undefined, "each item is granted once, and none that was withdrawn");
    this.waiting.delete(entry);
  }

  #permit(): void {
    this.#permits++;
    this.#inFlight++;
  }

  #return(): void {
    if (this.#inFlight > 0) {
      this.#inFlight--;
      this.#dispatcher.returned();
    }
  }

  #check(): void {
    assert.ok(this.#inFlight <= MAX_IN_FLIGHT, "the calls in flight are bounded over all queues");
    const ofQueues = this.#queues.reduce((sum, { size }) => sum + size, 0);
    assert.equal(this.#dispatcher.size, ofQueues);
    if (ofQueues === 0) {
      assert.equal(vi.getTimerCount(), 0, "nothing is pending while all queues are empty");
    }
  }
}

describe("for any interleaving of additions, withdrawals, rides and returns in several queues on one limiter", {
  timeout: 120_000,
}, () => {
  it("each item is granted once, by its own queue, in bounded time, and nothing is pending without one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 60 }), async (happenings) => {
        const stage = new Stage();
        for (const one of happenings) {
          await stage.play(one);
        }
        await stage.end();
      }),
      { numRuns: soak(1000) },
    );
  });
});
