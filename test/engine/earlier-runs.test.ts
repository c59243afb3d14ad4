import { describe, expect, it, vi } from "vitest";
import type { PollEvent, Task, TaskListQuery, TaskPage, TaskSource } from "../../src/index.ts";
import { BdrcApiError } from "../../src/task/errors.ts";
import { expectNothingLeft, HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

const ENDED_S = 1_600_000_000;

/** Ended tasks of a type that each ran for so many seconds. */
function ended(durations: readonly number[], taskType = "T"): Task[] {
  return durations.map((duration, index) => ({
    taskId: `t-ended-${index}`,
    taskType,
    taskStatus: "COMPLETE",
    startTime: ENDED_S + index,
    completeTime: ENDED_S + index + duration,
  }));
}

/** A service with one task that ends after so long; its listing shows what the test wants. */
function accountOf(
  durationMs: number,
  list: (query: TaskListQuery) => TaskPage,
): TaskSource & {
  calls: { readonly method: string; readonly atMs: number; readonly query?: TaskListQuery }[];
} {
  const beganMs = Date.now();
  const calls: { method: string; atMs: number; query?: TaskListQuery }[] = [];
  return {
    calls,
    describe: async (taskId) => {
      calls.push({ method: "describe", atMs: Date.now() - beganMs });
      const isOver = Date.now() - beganMs >= durationMs;
      return {
        taskId,
        taskType: "T",
        taskStatus: isOver ? "COMPLETE" : "RUNNING",
        startTime: Math.floor(beganMs / 1000),
      };
    },
    list: async (query) => {
      calls.push({ method: "list", atMs: Date.now() - beganMs, query });
      return list(query);
    },
  };
}

const listings = (source: ReturnType<typeof accountOf>) =>
  source.calls.filter(({ method }) => method === "list");

describe("how long earlier tasks of the type ran", () => {
  it("is asked for once, with one page, by a first wait that goes on for a while", async () => {
    const source = accountOf(600_000, () => ({ tasks: ended(Array(30).fill(600)), nextToken: "2" }));
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(listings(source)).toMatchObject([{ query: { taskStatus: "COMPLETE", taskType: "T" } }]);
    expect(waiter.stats()).toMatchObject({ listings: 1, historyPages: 1 });
    expect(waiter.history[0]?.durations).toHaveLength(31);
    const told = seen.of("poll").filter((poll) => (poll as PollEvent).etaRuns === 30) as PollEvent[];
    expect(told[0]?.etaMs).toBeGreaterThan(400_000);
    expect(told[0]?.etaSpanMs?.[1]).toBe(told[0]?.etaMs);
    expectNothingLeft(waiter);
  });

  it("saves most of the polls until such tasks end", async () => {
    const callsFor = async (tasks: Task[]): Promise<number> => {
      const source = accountOf(600_000, () => ({ tasks }));
      const waiter = makeWaiter(source);
      record(waiter.wait(ID, { justStarted: { taskType: "T" } }));
      await pass(HOUR_MS);
      return source.calls.length;
    };
    expect(await callsFor(ended(Array(30).fill(600)))).toBeLessThan(0.5 * (await callsFor([])));
  });

  it.each([500, 1000, 2000])("is not asked for by a wait of %i ms", async (durationMs) => {
    const source = accountOf(durationMs, () => ({ tasks: ended([1, 1, 1, 1, 1, 1]) }));
    const seen = record(makeWaiter(source).wait(ID));
    await pass(60_000);
    expect(seen.outcome?.kind).toBe("complete");
    expect(listings(source)).toEqual([]);
  });

  it("is not asked for where a history has been learned, or progress tells the end, or listings are not wanted", async () => {
    const durations = [60, 61, 62, 63, 64];
    const history = [{ taskType: "T", durations, judged: 0, reliable: 0 }];
    for (const options of [{ history }, { batch: "never" as const }]) {
      const source = accountOf(60_000, () => ({ tasks: [] }));
      record(makeWaiter(source, options).wait(ID));
      await pass(120_000);
      expect(listings(source)).toEqual([]);
    }
    const plain = accountOf(60_000, () => ({ tasks: [] }));
    const beganMs = Date.now();
    const source: typeof plain = {
      ...plain,
      describe: async (taskId, options) => ({
        ...(await plain.describe(taskId, options)),
        progress: Math.min(10_000, Math.round((Date.now() - beganMs) / 6)),
      }),
    };
    record(makeWaiter(source).wait(ID));
    await pass(120_000);
    expect(listings(source)).toEqual([]);
  });

  it.each([
    ["denied", { httpStatus: 403, apiCode: "NoPermission" }],
    ["throttled", { httpStatus: 400, apiCode: "Throttling.User" }],
    ["broken", { httpStatus: 500, apiCode: "InternalError" }],
  ])("costs one call where listings are %s, and no warning", async (_, details) => {
    const source = accountOf(300_000, () => {
      throw new BdrcApiError("no", details);
    });
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(listings(source)).toHaveLength(1);
    expect(seen.names).not.toContain("warning");
  });

  it("is not taken from tasks of other types, of other ends, without times, or that are none", async () => {
    const source = accountOf(300_000, () => ({
      tasks: [
        ...ended([5, 5, 5], "OTHER"),
        { taskId: "t-a", taskType: "T", taskStatus: "COMPLETE" },
        { taskId: "t-b", taskType: "T", taskStatus: "RUNNING", startTime: 1, completeTime: 2 },
        { no: "task" } as never,
      ],
    }));
    const waiter = makeWaiter(source);
    record(waiter.wait(ID));
    await pass(60_000);
    expect(waiter.history).toEqual([]);
    await waiter.close();
  });

  it("that is under way leaves nothing behind when the wait is aborted (W1)", async () => {
    const source = accountOf(300_000, () => ({ tasks: [] }));
    const list = vi.fn(() => new Promise<TaskPage>(() => {}));
    const waiter = makeWaiter({ ...source, list });
    const wait = waiter.wait(ID);
    record(wait);
    await pass(20_000);
    expect(list).toHaveBeenCalledOnce();
    wait.abandon();
    await pass(0);
    expectNothingLeft(waiter);
  });

  it("is asked for once for many waits, which all profit", async () => {
    const source = accountOf(600_000, () => ({ tasks: ended(Array(30).fill(600)) }));
    const waiter = makeWaiter(source);
    const seen = Array.from({ length: 5 }, (_, index) => record(waiter.wait(`t-${index}`)));
    await pass(30_000);
    expect(waiter.stats().historyPages).toBe(1);
    const before = source.calls.length;
    await pass(300_000);
    expect(source.calls.length - before).toBeLessThan(25);
    await waiter.close();
    expect(seen[0]?.outcome?.kind).toBe("aborted");
  });
});

describe("a wait whose service estimates the time left", () => {
  it("tells it as etaMs, polls near the end that it names, and asks for no earlier runs", async () => {
    const estimating = (isTold: boolean): ReturnType<typeof accountOf> => {
      const source = accountOf(600_000, () => ({ tasks: [] }));
      const beganMs = Date.now();
      const describe = source.describe.bind(source);
      source.describe = async (taskId, options) => ({
        ...(await describe(taskId, options)),
        ...(isTold ? { remaining: Math.max(0, Math.round((beganMs + 600_000 - Date.now()) / 1000)) } : {}),
      });
      return source;
    };
    const [told, silent] = [estimating(true), estimating(false)];
    const [waiter, without] = [makeWaiter(told), makeWaiter(silent, { batch: "never" })];
    const [seen, other] = [record(waiter.wait(ID)), record(without.wait(ID))];
    await pass(HOUR_MS);
    expect([seen.outcome?.kind, other.outcome?.kind]).toEqual(["complete", "complete"]);
    expect(listings(told)).toEqual([]);
    expect((seen.of("poll")[0] as PollEvent).etaMs).toBe(600_000);
    expect((seen.of("poll")[0] as PollEvent).etaRuns).toBeUndefined();
    expect(2 * told.calls.length).toBeLessThan(silent.calls.length);
    expect(waiter.history[0]?.estimates).toEqual({ judged: 1, reliable: expect.closeTo(1, 1) });
    expectNothingLeft(waiter);
    expectNothingLeft(without);
  });
});
