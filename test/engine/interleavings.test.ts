import assert from "node:assert/strict";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { type TaskWait, TaskWaiter, type WaitOptions } from "../../src/index.ts";
import { OUTCOME_KINDS } from "../../src/task/outcome.ts";
import { type CountedSignal, countedSignal } from "../../src/testing/index.ts";
import { soak } from "../soak.ts";
import { manualSource } from "./fake-time.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const IDS = ["t-1", "t-2"];

/** One thing that happens to a waiter and its waits. `which` chooses among what is there, whatever the number. */
type Happening =
  | { readonly does: "wait"; readonly which: number; readonly options: WaitOptions }
  | { readonly does: "answer"; readonly which: number; readonly with: string }
  | { readonly does: "abort" | "abandon" | "listen" | "read" | "resume"; readonly which: number }
  | { readonly does: "pass"; readonly ms: number }
  | { readonly does: "close"; readonly waits: "abort" | "await" };

const which = fc.nat(50);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      does: fc.constant("wait" as const),
      which,
      options: fc.oneof(
        fc.constant({}),
        fc.record({ timeoutMs: fc.constantFrom(0, 50, 1000, 60_000) }),
        fc.constantFrom({ pollTimeoutMs: 500 }, { outageBudgetMs: 2000 }, { notFoundGraceMs: 0 }),
      ),
    }),
  },
  {
    weight: 40,
    arbitrary: fc.record({
      does: fc.constant("answer" as const),
      which,
      with: fc.constantFrom(
        "RUNNING",
        "CREATED",
        "COMPLETE",
        "FAILED",
        "fault",
        "broken",
        "throttled",
        "garbage",
      ),
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      does: fc.constantFrom(
        "abort" as const,
        "abandon" as const,
        "listen" as const,
        "read" as const,
        "resume" as const,
      ),
      which,
    }),
  },
  {
    weight: 30,
    arbitrary: fc.record({
      does: fc.constant("pass" as const),
      ms: fc.constantFrom(0, 1, 100, 1700, 30_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("close" as const),
      waits: fc.constantFrom("abort" as const, "await" as const),
    }),
  },
);

/** A wait, and all that was heard of its end. */
interface Recorded {
  readonly wait: TaskWait;
  readonly signal: CountedSignal;
  settlements: number;
  readonly ends: string[];
  outcomes: number;
}

class Stage {
  readonly source = manualSource();
  readonly waiter: TaskWaiter = new TaskWaiter({
    source: this.source,
    rate: { perSecond: 1000 },
    random: () => 0.5,
  });
  readonly waits: Recorded[] = [];
  isClosed = false;

  async play(one: Happening): Promise<void> {
    switch (one.does) {
      case "wait":
        return this.begin(IDS[one.which % IDS.length] as string, one.options);
      case "resume": {
        const from = this.pick(one.which)?.wait;
        return from && this.begin(from.taskId, { resume: JSON.parse(JSON.stringify(from.checkpoint())) });
      }
      case "answer":
        return this.answer(one.which, one.with);
      case "abort":
        return this.pick(one.which)?.signal.abort(new Error("aborted"));
      case "abandon":
        return this.pick(one.which)?.wait.abandon();
      case "listen":
        this.pick(one.which)?.wait.on("poll", () => this.pick(one.which + 1)?.wait.abandon());
        return;
      case "read":
        void this.pick(one.which)?.wait[Symbol.asyncIterator]().next();
        return;
      case "pass":
        await vi.advanceTimersByTimeAsync(one.ms);
        return;
      case "close":
        this.isClosed = true;
        void this.waiter.close({ waits: one.waits });
    }
  }

  pick(index: number): Recorded | undefined {
    return this.waits[index % Math.max(1, this.waits.length)];
  }

  begin(taskId: string, options: WaitOptions): void {
    if (this.isClosed) {
      assert.throws(() => this.waiter.wait(taskId, options), { code: "WAITER_CLOSED" });
      return;
    }
    const signal = countedSignal();
    const wait = this.waiter.wait(taskId, { signal: signal.signal, ...options });
    const recorded: Recorded = { wait, signal, settlements: 0, ends: [], outcomes: 0 };
    const settle = () => {
      recorded.settlements += 1;
    };
    wait.then(settle, settle);
    void wait.outcome.then(() => {
      recorded.outcomes += 1;
    });
    for (const name of [...OUTCOME_KINDS, "settled"] as const) {
      wait.on(name, () => recorded.ends.push(name));
    }
    this.waits.push(recorded);
  }

  answer(index: number, how: string): void {
    const { calls } = this.source;
    const call = calls[index % Math.max(1, calls.length)];
    if (how === "fault") {
      call?.fail(new TypeError("fetch failed"));
    } else if (how === "broken") {
      call?.fail(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    } else if (how === "throttled") {
      call?.fail(Object.assign(new Error("slow"), { code: "Throttling.User", retryAfterMs: 700 }));
    } else {
      call?.answer(how === "garbage" ? { no: "task" } : { taskId: call.taskId, taskStatus: how });
    }
  }

  /** Ends whatever is left, and checks what remains. */
  async end(): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
    for (const { wait } of this.waits) {
      wait.abandon();
    }
    await vi.advanceTimersByTimeAsync(0);
    for (const { wait, signal, settlements, ends, outcomes } of this.waits) {
      const { kind } = await wait.outcome;
      assert.equal(settlements, 1, "its promise settled once");
      assert.equal(outcomes, 1);
      assert.deepEqual(ends, [kind, "settled"]);
      assert.equal(signal.listeners, 0, "no listener is left on its signal");
      assert.ok(signal.mostListeners <= 1);
    }
    const { waits, tasks, queued } = this.waiter.stats();
    assert.deepEqual({ waits, tasks, queued }, { waits: 0, tasks: 0, queued: 0 });
    assert.equal(vi.getTimerCount(), 0, "no timer is left");
    const before = this.source.calls.length;
    await vi.advanceTimersByTimeAsync(3_600_000);
    assert.equal(this.source.calls.length, before, "no call comes after the end");
    for (const { ends } of this.waits) {
      assert.equal(ends.length, 2);
    }
  }
}

describe("for any interleaving of waits, answers, aborts, listeners and closings", {
  timeout: 120_000,
}, () => {
  it("every wait settles exactly once, and nothing is left", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 30 }), async (happenings) => {
        const stage = new Stage();
        for (const one of happenings) {
          await stage.play(one);
        }
        await stage.end();
      }),
      { numRuns: soak(1500) },
    );
  });
});
