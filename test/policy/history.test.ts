import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gapForPrice } from "../../src/policy/forecast/expected-delay.ts";
import {
  historyOf,
  MAX_DURATIONS,
  reliabilityOf,
  remember,
  restoreHistory,
  type TaskHistory,
} from "../../src/policy/forecast/history.ts";
import { RemainingTime } from "../../src/policy/forecast/remaining-time.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";
import type { Task } from "../../src/task/task.ts";

const task = (taskType?: string): Task => ({
  taskId: "t-1",
  taskStatus: "COMPLETE",
  ...(taskType === undefined ? {} : { taskType }),
});

const learned = (durations: readonly number[], reliability?: number): TaskHistory =>
  durations.reduce<TaskHistory>(
    (history, duration) =>
      remember(history, task("A"), { duration, ...(reliability === undefined ? {} : { reliability }) }),
    [],
  );

describe("what earlier tasks have taught", () => {
  it("keeps the last fifty run times of a type, the newest last", () => {
    const durations = Array.from({ length: MAX_DURATIONS + 7 }, (_, i) => i + 1);
    expect(historyOf(learned(durations), "A")?.durations).toEqual(durations.slice(-MAX_DURATIONS));
  });

  it("keeps types apart, also one that is not named", () => {
    let history = remember([], task("A"), { duration: 1 });
    history = remember(history, task(), { duration: 2 });
    expect(historyOf(history, "A")?.durations).toEqual([1]);
    expect(historyOf(history, undefined)?.durations).toEqual([2]);
    expect(historyOf(history, "B")).toBeUndefined();
  });

  it("leaves the history that it was given as it is", () => {
    const before = learned([1, 2]);
    const copy = structuredClone(before);
    remember(before, task("A"), { duration: 3, reliability: 1 });
    expect(before).toEqual(copy);
  });

  it("is not moved by types that are called like parts of an object", () => {
    const history = remember([], task("__proto__"), { duration: 5 });
    expect(historyOf(history, "__proto__")?.durations).toEqual([5]);
    expect(historyOf(history, "constructor")).toBeUndefined();
  });

  it("stays small whatever types the service makes up", () => {
    let history: TaskHistory = [];
    for (let i = 0; i < 1000; i++) {
      history = remember(history, task(`type ${i}`), { duration: 1 });
    }
    history = remember(history, task("x".repeat(100_000)), { duration: 1 });
    expect(history.length).toBeLessThanOrEqual(64);
    expect(historyOf(history, "type 999")).toBeDefined();
    expect(JSON.stringify(history).length).toBeLessThan(64 * 300);
  });

  it("survives JSON, and is taken back", () => {
    const history = learned([1.5, 20, 300], 0.3);
    expect(restoreHistory(JSON.parse(JSON.stringify(history)), "TaskWaiter")).toEqual(history);
  });

  it.each([
    [null],
    [{}],
    [[{ taskType: "A" }]],
    [[{ taskType: "A", durations: [0], judged: 0, reliable: 0 }]],
    [[{ taskType: "A", durations: [Number.NaN], judged: 0, reliable: 0 }]],
    [[{ taskType: "A", durations: [1], judged: -1, reliable: 0 }]],
    [[{ taskType: "A", durations: [1], judged: 1, reliable: 2 }]],
    [[{ taskType: "A", durations: Array.from({ length: 51 }, () => 1), judged: 0, reliable: 0 }]],
  ])("refuses %j as a history, naming action and option", (value) => {
    expect(() => restoreHistory(value, "TaskWaiter")).toThrow(InvalidOptionError);
    expect(() => restoreHistory(value, "TaskWaiter")).toThrow(/^TaskWaiter: history: /);
  });
});

describe("how far progress is believed", () => {
  it("is 0.95 before anything was judged", () => {
    expect(reliabilityOf(undefined)).toBeCloseTo(0.95, 12);
  });

  it("weighs ten wrong predictions as much as the ten tasks that the prior stands for", () => {
    const lied = learned(
      Array.from({ length: 10 }, () => 60),
      0,
    );
    expect(reliabilityOf(historyOf(lied, "A"))).toBeCloseTo(0.95 / 2, 12);
  });

  it("never becomes certain, and recovers when a type changes its ways", () => {
    const reliable = learned(
      Array.from({ length: 500 }, () => 60),
      1,
    );
    expect(reliabilityOf(historyOf(reliable, "A"))).toBeLessThanOrEqual(0.98);
    let history = learned(
      Array.from({ length: 500 }, () => 60),
      0,
    );
    expect(reliabilityOf(historyOf(history, "A"))).toBeLessThan(0.2);
    for (let i = 0; i < 60; i++) {
      history = remember(history, task("A"), { reliability: 1 });
    }
    expect(reliabilityOf(historyOf(history, "A"))).toBeGreaterThan(0.7);
  });
});

describe("what history expects of a task", () => {
  const durations = fc.array(fc.double({ min: 0.5, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 50 });
  const age = fc.double({ min: 0, max: 1e6, noNaN: true });

  it("is a distribution, believed between not at all and wholly", () => {
    fc.assert(
      fc.property(durations, age, (known, ran) => {
        const outlook = new RemainingTime(ran, { taskType: "A", durations: known, judged: 0, reliable: 0 });
        expect(outlook.historyWeight).toBeGreaterThanOrEqual(0);
        expect(outlook.historyWeight).toBeLessThanOrEqual(1);
        expect(outlook.at(0).ended).toBeCloseTo(0, 9);
        expect(outlook.at(1e12).ended).toBeCloseTo(1, 2);
      }),
    );
  });

  it("is what the run times are, and not what they were when it was asked before", () => {
    const endedBy = (history: TaskHistory, s: number): number =>
      new RemainingTime(0, historyOf(history, "A")).at(s).ended;
    expect(endedBy(learned(Array(20).fill(60)), 120)).toBeGreaterThan(0.98);
    expect(endedBy(learned(Array(20).fill(600)), 120)).toBeLessThan(0.1);
    const before = learned(Array(3).fill(60));
    expect(endedBy(before, 200)).toBeGreaterThan(0.9);
    expect(endedBy(remember(before, task("A"), { duration: 6000 }), 200)).toBeLessThan(0.85);
  });

  it("is believed as n / (n + 1) of a task that has just begun", () => {
    const weightAfter = (n: number): number =>
      new RemainingTime(0, historyOf(learned(Array(n).fill(60)), "A")).historyWeight;
    expect(weightAfter(0)).toBe(0);
    expect(weightAfter(1)).toBeCloseTo(1 / 2, 2);
    expect(weightAfter(3)).toBeCloseTo(3 / 4, 2);
    expect(weightAfter(50)).toBeCloseTo(0.95, 2);
  });

  it("is believed more while a task does what history expects, and ever less once it outlives all of it", () => {
    const known = historyOf(learned(Array(20).fill(60)), "A");
    const weights = [0, 60, 70, 90, 200].map((ran) => new RemainingTime(ran, known).historyWeight);
    expect(weights[1]).toBeGreaterThan(weights[0] as number);
    expect(weights.slice(1)).toEqual(weights.slice(1).sort((a, b) => b - a));
    expect(weights.at(-1)).toBeLessThan(0.01);
  });

  it("waits for the end of a type that always takes as long, and no poll before", () => {
    const known = historyOf(learned(Array.from({ length: 50 }, (_, i) => 59 + (i % 3))), "A");
    const gap = gapForPrice(new RemainingTime(0, known), 0.5);
    expect(gap).toBeGreaterThan(10);
    expect(gap).toBeLessThan(65);
    expect(gapForPrice(new RemainingTime(0), 0.5)).toBeLessThan(3);
  });
});
