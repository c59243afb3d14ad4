import { describe, expect, it } from "vitest";
import { BdrcApiError } from "../../src/index.ts";
import { expectNothingLeft, flush, HOUR_MS, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";
import { manySource } from "./many-source.ts";

useFakeTime();

const idsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `t-${index}`);

/** Answers as a service in which every task completes after so long. */
function completingAfter(durationMs: (taskId: string) => number, isKnown = (_taskId: string) => true) {
  const beganMs = Date.now();
  return (taskIds: readonly string[]) =>
    taskIds.filter(isKnown).map((taskId) => ({
      taskId,
      taskStatus: Date.now() - beganMs >= durationMs(taskId) ? "COMPLETE" : "RUNNING",
    }));
}

describe("many ids in one call", () => {
  it("tasks that are due together ride in as few calls as the source allows", async () => {
    const source = manySource(
      30,
      completingAfter(() => 0),
    );
    const waiter = makeWaiter(source);
    const seen = idsOf(100).map((taskId) => record(waiter.wait(taskId)));
    await pass(1000);
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(Array(100).fill("complete"));
    expect(source.calls.map(({ taskIds }) => taskIds.length).sort((a, b) => b - a)).toEqual([30, 30, 30, 10]);
    expect(new Set(source.calls.flatMap(({ taskIds }) => taskIds)).size).toBe(100);
    expectNothingLeft(waiter);
  });

  it("tasks that are not due yet ride along with one that is", async () => {
    const source = manySource(
      10,
      completingAfter(() => 600_000),
    );
    const waiter = makeWaiter(source);
    idsOf(5).map((taskId) => record(waiter.wait(taskId)));
    await pass(60_000);
    const late = record(waiter.wait("t-late"));
    await flush();
    expect(source.calls.at(-1)?.taskIds[0]).toBe("t-late");
    expect(source.calls.at(-1)?.taskIds).toHaveLength(6);
    expect(late.names).toContain("poll");
    await waiter.close();
  });

  it("a task is not polled again within its minInterval, riding or not", async () => {
    const source = manySource(
      10,
      completingAfter(() => 600_000),
    );
    const waiter = makeWaiter(source, { minIntervalMs: 10_000 });
    idsOf(5).map((taskId) => record(waiter.wait(taskId)));
    await pass(5000);
    record(waiter.wait("t-late"));
    await flush();
    expect(source.calls.at(-1)?.taskIds).toEqual(["t-late"]);
    await waiter.close();
  });

  it("a task is not polled again while its service asks to wait, riding or not", async () => {
    const answers = completingAfter(() => 600_000);
    const source = manySource(10, (ids) => answers(ids).map((task) => ({ ...task, pollAfterMs: 10_000 })));
    const waiter = makeWaiter(source);
    idsOf(5).map((taskId) => record(waiter.wait(taskId)));
    await pass(5000);
    record(waiter.wait("t-late"));
    await flush();
    expect(source.calls.at(-1)?.taskIds).toEqual(["t-late"]);
    expect(idsOf(5).map((taskId) => source.asked(taskId))).toEqual([1, 1, 1, 1, 1]);
    await waiter.close();
  });

  it("the price of a call is shared: a task among thirty is polled oftener than alone, for fewer calls", async () => {
    const callsFor = async (count: number): Promise<{ calls: number; polls: number }> => {
      // The n-th ends after 300 s / (n + 1): as the age rule expects.
      const source = manySource(
        30,
        completingAfter((taskId) => 300_000 / (Number(taskId.slice(2)) + 1)),
      );
      const waiter = makeWaiter(source);
      idsOf(count).map((taskId) => record(waiter.wait(taskId)));
      await pass(60_000);
      await waiter.close();
      return { calls: source.calls.length / count, polls: source.asked("t-0") };
    };
    const [alone, among] = [await callsFor(1), await callsFor(30)];
    expect(among.polls).toBeGreaterThan(1.5 * alone.polls);
    expect(among.calls).toBeLessThan(alone.calls / 3);
  });

  it("a source that takes one id at a time is asked for one at a time", async () => {
    for (const maxIds of [1, 0, Number.NaN]) {
      const source = manySource(
        maxIds,
        completingAfter(() => 0),
      );
      const waiter = makeWaiter(source);
      idsOf(5).map((taskId) => record(waiter.wait(taskId)));
      await pass(1000);
      expect(source.calls.map(({ taskIds }) => taskIds.length)).toEqual([1, 1, 1, 1, 1]);
    }
  });

  it("stats() tells how many tasks the polls asked for", async () => {
    const source = manySource(
      30,
      completingAfter(() => 0),
    );
    const waiter = makeWaiter(source);
    idsOf(60).map((taskId) => record(waiter.wait(taskId)));
    await pass(1000);
    expect(waiter.stats()).toMatchObject({ polls: 2, polledTasks: 60 });
  });
});

describe("an id that the answer lacks", () => {
  it("is not found, after its grace, and the others are not touched by it", async () => {
    const isKnown = (taskId: string) => taskId !== "t-3";
    const source = manySource(
      10,
      completingAfter(() => 120_000, isKnown),
    );
    const waiter = makeWaiter(source);
    const seen = idsOf(10).map((taskId) => record(waiter.wait(taskId, { notFoundGrace: "20s" })));
    await pass(19_000);
    expect(seen[3]?.outcome).toBeUndefined();
    expect(seen[3]?.names).toContain("retry");
    await pass(2000);
    expect(seen[3]?.outcome?.kind).toBe("notFound");
    expect(seen[3]?.settledAfterMs).toBeGreaterThanOrEqual(20_000);
    await pass(HOUR_MS);
    expect(seen.filter(({ outcome }) => outcome?.kind === "complete")).toHaveLength(9);
    expect(seen[0]?.names).not.toContain("retry");
    expectNothingLeft(waiter);
  });

  it("is a failed poll and not a missing task when the answer has something unreadable in its place", async () => {
    const reply = completingAfter(() => 60_000);
    const source = manySource(10, (taskIds) => [...reply(taskIds.slice(1)), { taskStatus: "RUNNING" }]);
    const waiter = makeWaiter(source);
    const seen = idsOf(10).map((taskId) =>
      record(waiter.wait(taskId, { notFoundGraceMs: 0, timeoutMs: 30_000 })),
    );
    await pass(31_000);
    expect(seen.map(({ outcome }) => outcome?.kind)).not.toContain("notFound");
  });

  it("that is mistyped fails the poll of its own task only", async () => {
    const source = manySource(10, (taskIds) =>
      taskIds.map((taskId) => ({ taskId, taskStatus: taskId === "t-4" ? 7 : "COMPLETE" })),
    );
    const waiter = makeWaiter(source);
    const seen = idsOf(10).map((taskId) => record(waiter.wait(taskId)));
    await pass(100);
    expect(seen.filter(({ outcome }) => outcome?.kind === "complete")).toHaveLength(9);
    expect(seen[4]?.names).toEqual(["retry"]);
    await waiter.close();
  });
});

describe("a call that fails", () => {
  const refusing = (bad: ReadonlySet<string>, error: () => Error) => {
    const reply = completingAfter(() => 0);
    return (taskIds: readonly string[]) => {
      if (taskIds.some((taskId) => bad.has(taskId))) {
        throw error();
      }
      return reply(taskIds);
    };
  };

  it.each([
    ["an id that the service refuses", () => Object.assign(new Error("bad id"), { httpStatus: 400 })],
    ["an id that the service does not find", () => Object.assign(new Error("none"), { httpStatus: 404 })],
    ["an id that the caller may not see", () => Object.assign(new Error("no"), { httpStatus: 403 })],
    ["an error that says nothing", () => new Error("bad id")],
    ["a mistake in the source", () => new TypeError("x is undefined")],
  ])("over %s is made again in halves, and the others are told in the same second", async (_, error) => {
    const source = manySource(30, refusing(new Set(["t-17"]), error));
    const waiter = makeWaiter(source);
    const seen = idsOf(30).map((taskId) => record(waiter.wait(taskId)));
    await pass(1000);
    expect(seen.filter(({ outcome }) => outcome?.kind === "complete")).toHaveLength(29);
    expect(seen[0]?.names).not.toContain("retry");
    // 30, 15 and 15, 8 and 7, 4 and 4, 2 and 2, 1 and 1; and the bad one may come again.
    expect(source.calls.length).toBeLessThanOrEqual(13);
    await waiter.close();
    expectNothingLeft(waiter);
  });

  it("with 500 is told to all, and made again for fewer ids, so that one id can't hold the others up", async () => {
    const error = () => new BdrcApiError("oops", { httpStatus: 500, apiCode: "InternalError" });
    const source = manySource(30, refusing(new Set(["t-17"]), error));
    const waiter = makeWaiter(source);
    const seen = idsOf(30).map((taskId) => record(waiter.wait(taskId)));
    await pass(60_000);
    expect(seen.filter(({ outcome }) => outcome?.kind === "complete")).toHaveLength(29);
    expect(seen[0]?.names).toContain("retry");
    await waiter.close();
  });

  it("because the key is refused settles all of its waits at once (W8)", async () => {
    const source = manySource(30, () => {
      throw new BdrcApiError("no", { httpStatus: 403, apiCode: "InvalidAccessKeyId.NotFound" });
    });
    const waiter = makeWaiter(source);
    const seen = idsOf(30).map((taskId) => record(waiter.wait(taskId)));
    await pass(1);
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(Array(30).fill("denied"));
    expect(source.calls).toHaveLength(1);
  });

  it("because it is throttled fails no wait, and slows the rate once (W5)", async () => {
    let left = 1;
    const reply = completingAfter(() => 0);
    const source = manySource(30, (taskIds) => {
      if (left-- > 0) {
        throw new BdrcApiError("slow", { httpStatus: 400, apiCode: "Throttling.User" });
      }
      return reply(taskIds);
    });
    const waiter = makeWaiter(source);
    const seen = idsOf(30).map((taskId) => record(waiter.wait(taskId)));
    await pass(5000);
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(Array(30).fill("complete"));
    expect(waiter.stats()).toMatchObject({ throttled: 1 });
  });

  it("because the connection broke is sent again at once, for another permit (W4)", async () => {
    let left = 1;
    const reply = completingAfter(() => 0);
    const source = manySource(30, (taskIds) => {
      if (left-- > 0) {
        throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
      }
      return reply(taskIds);
    });
    const waiter = makeWaiter(source);
    const seen = idsOf(30).map((taskId) => record(waiter.wait(taskId)));
    await pass(500);
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(Array(30).fill("complete"));
    expect(source.calls.map(({ taskIds }) => taskIds.length)).toEqual([30, 30]);
    expect(seen[0]?.of("retry")).toHaveLength(1);
  });
});

describe("a call for several tasks that is under way", () => {
  it("goes on when one of its waits is aborted, and tells the others (W2)", async () => {
    const source = manySource(10);
    const waiter = makeWaiter(source);
    const waits = idsOf(3).map((taskId) => waiter.wait(taskId));
    const seen = waits.map(record);
    await flush();
    waits[1]?.abandon();
    await flush();
    const [call] = source.calls;
    expect(call?.signal?.aborted).toBe(false);
    call?.answer(idsOf(3).map((taskId) => ({ taskId, taskStatus: "COMPLETE" })));
    await flush();
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(["complete", "aborted", "complete"]);
    expectNothingLeft(waiter);
  });

  it("is cancelled when the last of its waits is aborted (W1, W2)", async () => {
    const source = manySource(10);
    const waiter = makeWaiter(source);
    const waits = idsOf(3).map((taskId) => waiter.wait(taskId));
    waits.map(record);
    await flush();
    for (const wait of waits) {
      wait.abandon();
    }
    expect(source.calls[0]?.signal?.aborted).toBe(true);
    await flush();
    expectNothingLeft(waiter);
  });

  it("hangs without holding any deadline up (W3)", async () => {
    const source = manySource(10);
    const waiter = makeWaiter(source);
    const seen = idsOf(3).map((taskId, index) =>
      record(waiter.wait(taskId, { timeoutMs: 1000 * (index + 1) })),
    );
    await pass(3100);
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(Array(3).fill("timedOut"));
    expect(seen.map(({ settledAfterMs = 0 }) => Math.round(settledAfterMs / 100) / 10)).toEqual([1, 2, 3]);
    expectNothingLeft(waiter);
  });

  it("answers a wait that joins meanwhile, too (W4)", async () => {
    const source = manySource(10);
    const waiter = makeWaiter(source);
    idsOf(3).map((taskId) => record(waiter.wait(taskId)));
    await flush();
    const joined = record(waiter.wait("t-1"));
    await flush();
    source.calls[0]?.answer(idsOf(3).map((taskId) => ({ taskId, taskStatus: "COMPLETE" })));
    await flush();
    expect(joined.outcome?.kind).toBe("complete");
    expect(source.calls).toHaveLength(1);
  });
});
