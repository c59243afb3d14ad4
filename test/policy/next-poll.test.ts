import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { nextPoll } from "../../src/policy/decide/next-poll.ts";
import { historyOf, reliabilityOf, remember, type TaskHistory } from "../../src/policy/forecast/history.ts";
import type { DecideContext } from "../../src/policy/state/decision.ts";
import { DEFAULT_WAIT_OPTIONS } from "../../src/policy/state/wait-options.ts";
import { restoreWait, type WaitState } from "../../src/policy/state/wait-state.ts";
import type { Task } from "../../src/task/task.ts";

const TASK_ID = "t-0000e4w0u1v592zdf6s7";
const BEGAN_MS = 1_700_000_000_000;
const options = { ...DEFAULT_WAIT_OPTIONS, timeoutMs: 1e9, minIntervalMs: 0, maxIntervalMs: 1e9 };

interface Polled {
  readonly afterMs: number;
  readonly fields: Partial<Task>;
}

const running = (afterMs: number, fields: Partial<Task> = {}): Polled => ({ afterMs, fields });

/** The state after these polls of a running task of type A, and the context of the last. */
function polledAt(
  polls: readonly Polled[],
  context: Partial<DecideContext> = {},
  justStarted = true,
): { state: WaitState; context: DecideContext } {
  let state = beginWait(TASK_ID, { nowMs: BEGAN_MS, options, justStarted });
  let last: DecideContext = { nowMs: BEGAN_MS, random: () => 0.5, options, ...context };
  for (const { afterMs, fields } of polls) {
    last = { ...last, nowMs: BEGAN_MS + afterMs };
    const task: Task = { taskId: TASK_ID, taskType: "A", taskStatus: "RUNNING", ...fields };
    ({ state } = decide(state, { kind: "task", task }, last));
  }
  return { state, context: last };
}

const gapMs = (
  polls: readonly Polled[],
  context: Partial<DecideContext> = {},
  justStarted = true,
): number => {
  const seen = polledAt(polls, context, justStarted);
  return nextPoll(seen.state, seen.context).delayMs;
};

const taught = (n: number, seconds: number, reliability?: number): TaskHistory => {
  let history: TaskHistory = [];
  for (let i = 0; i < n; i++) {
    const task: Task = { taskId: TASK_ID, taskType: "A", taskStatus: "COMPLETE" };
    history = remember(history, task, {
      duration: seconds * (1 + i / 1000),
      ...(reliability === undefined ? {} : { reliability }),
    });
  }
  return history;
};

describe("the pause that the service asks for while the task runs", () => {
  const asking = (pollAfterMs: number, bounds: Partial<typeof options> = {}): number =>
    gapMs([running(1000, { pollAfterMs })], { options: { ...options, ...bounds } });
  const own = gapMs([running(1000)]);

  it("is kept, spread over a tenth, where the task would be polled sooner", () => {
    expect(own).toBeLessThan(5000);
    expect(asking(20_000)).toBeGreaterThanOrEqual(20_000);
    expect(asking(20_000)).toBeLessThanOrEqual(22_000);
    expect(asking(own / 2)).toBe(own);
  });

  it("holds for maxIntervalMs at most, whatever is asked", () => {
    for (const hostile of [1e15, 9e12, 31_000]) {
      expect(asking(hostile, { maxIntervalMs: 30_000 })).toBeLessThanOrEqual(30_000);
    }
    expect([-1, 0, -1e15].map((none) => asking(none))).toEqual([own, own, own]);
  });

  it("does not reach beyond the last poll before the deadline", () => {
    const state = beginWait(TASK_ID, { nowMs: BEGAN_MS, options: { ...options, timeoutMs: 10_000 } });
    const task: Task = { taskId: TASK_ID, taskStatus: "RUNNING", pollAfterMs: 60_000 };
    const decision = decide(state, { kind: "task", task }, { nowMs: BEGAN_MS, random: () => 0.5, options });
    expect(decision).toMatchObject({ kind: "poll", delayMs: 9800 });
  });
});

describe("progress, however wrong, is believed within bounds", () => {
  const polls = fc.array(
    fc.record({ gap: fc.integer({ min: 200, max: 600_000 }), progress: fc.integer({ min: 0, max: 10_000 }) }),
    { minLength: 1, maxLength: 12 },
  );
  const histories = fc
    .record({
      n: fc.integer({ min: 0, max: 50 }),
      seconds: fc.integer({ min: 1, max: 10_000 }),
      reliability: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ n, seconds, reliability }) => taught(n, seconds, reliability));

  it("never stretches a gap beyond 1 / sqrt(1 - reliability) of the gap without it", () => {
    fc.assert(
      fc.property(polls, histories, (reported, history) => {
        let afterMs = 0;
        const told = reported.map(({ gap, progress }) => {
          afterMs += gap;
          return running(afterMs, { progress });
        });
        const silent = told.map(({ afterMs: at }) => running(at));
        const reliability = reliabilityOf(historyOf(history, "A"));
        const [withProgress, without] = [gapMs(told, { history }), gapMs(silent, { history })];
        expect(withProgress).toBeLessThanOrEqual((without / Math.sqrt(1 - reliability)) * (1 + 1e-6) + 1e-6);
      }),
      { numRuns: 500 },
    );
  });

  it("reaches that bound when it says that the end is far, so the bound is what holds it", () => {
    const told = gapMs([running(60_000, { progress: 1 }), running(120_000, { progress: 2 })]);
    const silent = gapMs([running(60_000), running(120_000)]);
    expect(told / silent).toBeGreaterThan(3);
    expect(told / silent).toBeLessThanOrEqual(1 / Math.sqrt(0.05) + 1e-6);
  });

  it("is believed no more than the silence when it has always lied", () => {
    const history = taught(50, 3600, 0);
    const told = gapMs([running(60_000, { progress: 1 }), running(120_000, { progress: 2 })], { history });
    const silent = gapMs([running(60_000), running(120_000)], { history });
    expect(told / silent).toBeLessThan(1.1);
  });
});

describe("the next poll", () => {
  it("comes about when even progress foretells the end", () => {
    const polls = [1.7, 6, 20, 60].map((s) =>
      running(1000 * s, { progress: Math.floor((10_000 * s) / 100) }),
    );
    const gap = gapMs(polls);
    expect(gap).toBeGreaterThan(33_000);
    expect(gap).toBeLessThan(43_000);
  });

  it("is moved by chance by at most a tenth, and by less where the end is known sharply", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 1e7 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (at, chance) => {
          const [moved, still] = [gapMs([running(at)], { random: () => chance }), gapMs([running(at)])];
          expect(Math.abs(moved / still - 1)).toBeLessThanOrEqual(0.1 + 1e-9);
        },
      ),
    );
    const even = [1.7, 6, 20, 60].map((s) => running(1000 * s, { progress: Math.floor((10_000 * s) / 100) }));
    const history = taught(50, 100, 1);
    const spread = gapMs(even, { random: () => 0.999, history }) / gapMs(even, { random: () => 0, history });
    expect(spread).toBeLessThan(1.05);
    expect(spread).toBeGreaterThan(1);
  });

  it("is sent half a round trip early, for a call that takes time", () => {
    const quick = gapMs([running(60_000)], { callMs: 0 });
    const slow = gapMs([running(60_000)], { callMs: 400 });
    expect(quick - slow).toBeGreaterThan(380);
    expect(quick - slow).toBeLessThan(440);
  });

  it("counts the age from the task's own start when the wait joined it later", () => {
    const startTime = BEGAN_MS / 1000 - 10_000;
    const [joined, fresh] = [gapMs([running(1000, { startTime })], {}, false), gapMs([running(1000)])];
    expect(joined / fresh).toBeGreaterThan(20);
  });

  it.each([[-60], [-5], [5], [60]])(
    "is not misled by a clock that is %d s off: our own polls bound the start",
    (seconds) => {
      const at = (skew: number): readonly Polled[] =>
        [2000, 5000, 30_000].map((afterMs) =>
          running(afterMs, { startTime: BEGAN_MS / 1000 + skew, progress: afterMs / 20 }),
        );
      const [skewed, right] = [gapMs(at(seconds)), gapMs(at(0))];
      expect(skewed / right).toBeGreaterThan(0.8);
      expect(skewed / right).toBeLessThan(1.25);
    },
  );

  it("reads the start right when the source knows how far the clocks are apart", () => {
    const startTime = BEGAN_MS / 1000 - 300;
    const right = gapMs([running(1000, { startTime })], {}, false);
    const skewed = { startTime: startTime + 60 };
    expect(gapMs([running(1000, skewed)], { clockOffsetMs: 60_000 }, false)).toBeCloseTo(right, 3);
    expect(gapMs([running(1000, skewed)], {}, false)).toBeLessThan(0.95 * right);
  });

  it("of a task in a queue is not sooner than its run can be over, nor than the queue lets expect", () => {
    const queued = (afterMs: number): Polled => running(afterMs, { taskStatus: "CREATED" });
    const history = taught(50, 1000);
    expect(gapMs([queued(2000)], { history })).toBeGreaterThan(5 * gapMs([queued(2000)]));
    expect(gapMs([queued(3_600_000)], { history })).toBeGreaterThanOrEqual(
      gapMs([queued(3_600_000)]) * 0.999,
    );
  });

  it("starts counting when the task leaves the queue", () => {
    const queued = [2000, 100_000].map((at) => running(at, { taskStatus: "CREATED" }));
    const polls = [...queued, running(110_000, { progress: 1000 }), running(120_000, { progress: 3000 })];
    const { state } = polledAt(polls);
    expect(state.progressTrack?.origin.atMs).toBe(BEGAN_MS + 105_000);
    expect(state.progressTrack?.prediction?.remaining).toBeLessThan(60);
  });
});

describe("when the task is expected to end", () => {
  const even = [10, 20, 30].map((s) => running(1000 * s, { progress: 100 * s + 1 }));

  it("is told from progress that moves evenly", () => {
    const { state, context } = polledAt(even);
    expect(nextPoll(state, context).etaMs).toBeGreaterThan(60_000);
    expect(nextPoll(state, context).etaMs).toBeLessThan(80_000);
  });

  it("is not told without progress, at the first poll, or where progress was wrong", () => {
    const silent = polledAt([running(10_000), running(20_000)]);
    expect(nextPoll(silent.state, silent.context).etaMs).toBeUndefined();
    const first = polledAt(even.slice(0, 1));
    expect(nextPoll(first.state, { ...first.context, history: taught(50, 10, 0) }).etaMs).toBeUndefined();
    const lied = polledAt(even, { history: taught(50, 100, 0) });
    expect(nextPoll(lied.state, lied.context).etaMs).toBeUndefined();
  });

  it("reaches the listener of progress", () => {
    const { state, context } = polledAt(even);
    const task: Task = { taskId: TASK_ID, taskType: "A", taskStatus: "RUNNING", progress: 4001 };
    const decision = decide(state, { kind: "task", task }, { ...context, nowMs: BEGAN_MS + 40_000 });
    const progress = decision.events.find(({ name }) => name === "progress")?.payload;
    expect(progress).toMatchObject({ etaMs: expect.any(Number) });
    const doubted = decide(
      state,
      { kind: "task", task },
      { ...context, nowMs: BEGAN_MS + 40_000, history: taught(50, 100, 0) },
    );
    const untold = doubted.events.find(({ name }) => name === "progress")?.payload;
    expect(untold).toBeDefined();
    expect(untold).not.toHaveProperty("etaMs");
  });
});

describe("a wait that goes on elsewhere", () => {
  it("decides the same from the JSON of its state", () => {
    const polls = [3, 9, 20, 50].map((s) =>
      running(1000 * s, { progress: 137 * s, startTime: BEGAN_MS / 1000 }),
    );
    const { state, context } = polledAt(polls, { history: taught(7, 80) });
    const carried = restoreWait(JSON.parse(JSON.stringify(state)), TASK_ID);
    expect(carried).toEqual({ ...state, task: { ...state.task, percent: 68.5 } });
    expect(nextPoll(carried, context)).toEqual(nextPoll(state, context));
    expect(JSON.stringify(state.progressTrack).length).toBeLessThan(2500);
  });

  it.each([
    [{ progressTrack: { origin: { atMs: 0, value: 0 } } }],
    [{ progressTrack: { prediction: { remaining: -1, scale: 1 } } }],
    [{ runningAtMs: "now" }],
    [{ notRunningAtMs: -5 }],
  ])("refuses a checkpoint with %j", (broken) => {
    const { state } = polledAt([running(1000, { progress: 100 })]);
    const checkpoint = { ...state, ...broken };
    expect(() => restoreWait(checkpoint, TASK_ID)).toThrow(/^resume: not a checkpoint: /);
  });
});
