import { describe, expect, it } from "vitest";
import type { Task } from "../../src/index.ts";
import { HOUR_MS, makeWaiter, pass, useFakeTime } from "./fake-time.ts";
import { FOREVER_MS, laggingSource, lateness, mean } from "./lagging-source.ts";

useFakeTime();

describe("a listing that lags behind polls", () => {
  it.each([
    ["auto", undefined],
    ["auto", 0],
    ["always", undefined],
    ["always", 0],
  ] as const)("shows all running forever: batch %s, clock offset %s", async (batch, offsetMs) => {
    const late = await lateness(laggingSource(10, 20_000, FOREVER_MS, offsetMs), { batch, timeout: "30m" });
    expect(late.filter((each) => typeof each === "string")).toEqual([]);
    // Until a poll has told that listings lag: a wait that relies on them is an hour late, or ends without an answer.
    expect(mean(late)).toBeLessThan(45);
  });

  it.each([5000, 30_000, 120_000])("by %i ms costs it once, before it is known", async (lagMs) => {
    const late = await lateness(laggingSource(40, 10_000, lagMs, 0), { batch: "auto", timeout: "1h" });
    const alone = await lateness(laggingSource(40, 10_000, lagMs, 0), { batch: "never", timeout: "1h" });
    expect(mean(late)).toBeLessThan(Math.max(mean(alone) + 2, lagMs / 1000 / 4));
  });

  it("never alone runs a wait into its deadline", async () => {
    const source = laggingSource(10, 1000, FOREVER_MS);
    const late = await lateness(source, { batch: "always", timeout: "15s", waitPrice: "5s" });
    expect(late.filter((each) => typeof each === "string")).toEqual([]);
  });

  it("by nothing makes few polls besides those that confirm an end", async () => {
    const source = laggingSource(40, 10_000, 0, 0);
    await lateness(source, { batch: "always", timeout: "1h" });
    expect(source.calls.polls).toBeLessThan(70);
  });
});

describe("what a listing gives is checked and frozen as what a poll gives", () => {
  it("so that a listener can't change it, and what is no task is left to a poll", async () => {
    const good = laggingSource(3, 10_000, 0);
    const waiter = makeWaiter(
      {
        ...good,
        list: async (query, options) => {
          const page = await good.list?.(query, options);
          const odd = [
            null,
            7,
            { taskId: "t-2", taskStatus: 5 },
            new Proxy({}, { get: () => expect.fail() }),
          ];
          const tasks = (page?.tasks ?? []).filter(({ taskId }) => taskId !== "t-2");
          return { tasks: [...odd, ...tasks] as Task[] };
        },
      },
      { batch: "always" },
    );
    const seen: Task[] = [];
    waiter.on("poll", ({ task }) => seen.push(task));
    const outcomes = good.ids.map((id) => waiter.wait(id).outcome);
    await pass(HOUR_MS);
    expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual([
      "complete",
      "complete",
      "complete",
    ]);
    expect(seen.every((task) => Object.isFrozen(task))).toBe(true);
  });
});
