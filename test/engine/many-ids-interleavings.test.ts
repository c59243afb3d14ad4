import assert from "node:assert/strict";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { type Outcome, type TaskWait, TaskWaiter } from "../../src/index.ts";
import { soak } from "../soak.ts";
import { type ManyCall, manySource } from "./many-source.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const IDS = 12;
const GRACE_MS = 5000;
const HOWS = ["RUNNING", "COMPLETE", "absent", "partly", "400", "500", "broken", "throttled"] as const;
type How = (typeof HOWS)[number];

/** One thing that happens. `which` chooses among what is there, whatever the number. */
type Happening =
  | { readonly does: "wait" | "abort"; readonly which: number }
  | { readonly does: "answer"; readonly which: number; readonly how: How }
  | { readonly does: "pass"; readonly ms: number };

const which = fc.nat(50);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ does: fc.constant("wait" as const), which }) },
  { weight: 8, arbitrary: fc.record({ does: fc.constant("abort" as const), which }) },
  {
    weight: 40,
    arbitrary: fc.record({ does: fc.constant("answer" as const), which, how: fc.constantFrom(...HOWS) }),
  },
  {
    weight: 25,
    arbitrary: fc.record({ does: fc.constant("pass" as const), ms: fc.constantFrom(0, 200, 2000, 20_000) }),
  },
);

interface Followed {
  readonly wait: TaskWait;
  /** Calls that had been made when it began. */
  readonly callsBefore: number;
  outcome: Outcome | undefined;
  /** When an answer first lacked the task. */
  missingSinceMs: number | undefined;
  endedAtMs: number | undefined;
}

class Stage {
  readonly source: ReturnType<typeof manySource>;
  readonly waiter: TaskWaiter;
  readonly waits: Followed[] = [];
  readonly #open = new Set<ManyCall>();
  #known = 0;

  constructor(maxIds: number) {
    this.source = manySource(maxIds);
    this.waiter = new TaskWaiter({
      source: this.source,
      rate: { perSecond: 1000 },
      random: () => 0.5,
      notFoundGraceMs: GRACE_MS,
    });
  }

  async play(one: Happening): Promise<void> {
    switch (one.does) {
      case "wait":
        this.begin(`t-${one.which % IDS}`);
        break;
      case "abort":
        this.waits[one.which % Math.max(1, this.waits.length)]?.wait.abandon();
        break;
      case "answer": {
        const open = [...this.#open];
        await this.answer(open[one.which % Math.max(1, open.length)], one.how);
        break;
      }
      case "pass":
        await vi.advanceTimersByTimeAsync(one.ms);
    }
    this.check();
  }

  begin(taskId: string): void {
    const wait = this.waiter.wait(taskId);
    const followed: Followed = {
      wait,
      callsBefore: this.source.calls.length,
      outcome: undefined,
      missingSinceMs: undefined,
      endedAtMs: undefined,
    };
    wait.on("settled", (outcome) => {
      followed.outcome = outcome;
      followed.endedAtMs = Date.now();
    });
    wait.on("retry", ({ error }) => {
      if (error.name === "TaskNotFoundError" || "httpStatus" in error) {
        followed.missingSinceMs ??= Date.now();
      }
    });
    this.waits.push(followed);
  }

  async answer(call: ManyCall | undefined, how: How): Promise<void> {
    if (call === undefined) {
      return;
    }
    this.#open.delete(call);
    const { taskIds } = call;
    const index = this.source.calls.indexOf(call);
    const asked = this.waits.filter(
      ({ wait, outcome, callsBefore }) =>
        outcome === undefined && callsBefore <= index && taskIds.includes(wait.taskId),
    );
    const taskStatus = how === "COMPLETE" ? how : "RUNNING";
    const tasks = taskIds.map((taskId) => ({ taskId, taskStatus }));
    if (how === "400" || how === "500") {
      call.fail(Object.assign(new Error("refused"), { httpStatus: Number(how) }));
    } else if (how === "broken") {
      call.fail(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    } else if (how === "throttled") {
      call.fail(Object.assign(new Error("slow"), { code: "Throttling.User" }));
    } else {
      call.answer(how === "absent" ? [] : how === "partly" ? tasks.slice(1) : tasks);
    }
    await vi.advanceTimersByTimeAsync(0);
    if (how === "COMPLETE" && call.signal?.aborted === false) {
      for (const { wait, outcome } of asked) {
        assert.equal(outcome?.kind, "complete", `${wait.taskId} rode in a call that said it is complete`);
      }
    }
  }

  /** What holds at every moment. */
  check(): void {
    for (const call of this.source.calls.slice(this.#known)) {
      const { taskIds } = call;
      assert.equal(new Set(taskIds).size, taskIds.length, "no id twice in a call");
      assert.ok(taskIds.length >= 1 && taskIds.length <= (this.source.maxIds ?? 1));
      this.#open.add(call);
    }
    this.#known = this.source.calls.length;
    for (const { outcome, missingSinceMs = 0, endedAtMs = 0 } of this.waits) {
      if (outcome?.kind === "notFound") {
        assert.ok(endedAtMs - missingSinceMs >= GRACE_MS, "an absent id gets its grace");
      }
    }
  }

  /** From now on every call is answered well: all that still wait must be asked for, and told. */
  async end(): Promise<void> {
    for (let round = 0; round < 60 && this.waits.some(({ outcome }) => !outcome); round++) {
      this.check();
      for (const call of [...this.#open]) {
        await this.answer(call, "COMPLETE");
      }
      await vi.advanceTimersByTimeAsync(2000);
    }
    await vi.advanceTimersByTimeAsync(0);
    for (const { wait, outcome } of this.waits) {
      assert.ok(outcome !== undefined, `${wait.taskId} is not starved`);
    }
    const { waits, tasks, queued } = this.waiter.stats();
    assert.deepEqual({ waits, tasks, queued }, { waits: 0, tasks: 0, queued: 0 });
    assert.equal(vi.getTimerCount(), 0, "no timer is left");
  }
}

describe("for any interleaving of waits, answers, failures and aborts on calls of several ids", {
  timeout: 120_000,
}, () => {
  it("no id is twice in a call, none starves, riders are told, and an absent id gets its grace", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 6 }),
        fc.array(happening, { minLength: 5, maxLength: 30 }),
        async (maxIds, happenings) => {
          const stage = new Stage(maxIds);
          for (const one of happenings) {
            await stage.play(one);
          }
          await stage.end();
        },
      ),
      { numRuns: soak(1000) },
    );
  });
});
