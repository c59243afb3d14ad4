import { describe, expect, it } from "vitest";
import type { PollEvent, ProgressEvent, StatusEvent, TaskWait, WaitEventName } from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { flush, HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

describe("the events of a wait", () => {
  it("come in order, poll by poll, and end with the kind and `settled`", async () => {
    const source = scriptedSource({
      [ID]: [
        { status: "CREATED", progress: 0 },
        { status: "CREATED", progress: 0 },
        { status: "RUNNING", progress: 2500 },
        { status: "RUNNING", progress: 5000 },
        { error: new TypeError("fetch failed") },
        "throttled",
        { status: "PAUSED", progress: 5000 },
        { status: "COMPLETE", progress: 10_000 },
      ],
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    expect(seen.names).toEqual([
      ...["poll", "status", "progress"],
      ...["poll"],
      ...["poll", "status", "progress"],
      ...["poll", "progress"],
      ...["retry"],
      ...["throttled"],
      ...["poll", "status", "warning"],
      ...["poll", "status", "progress", "complete", "settled"],
    ]);
  });

  it("`poll` tells the task, how long the call took and when the next one comes", async () => {
    const source = scriptedSource({
      [ID]: [
        { status: "RUNNING", delayMs: 250 },
        { status: "COMPLETE", delayMs: 40 },
      ],
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    const [first, last] = seen.of("poll") as PollEvent[];
    expect(first).toMatchObject({ taskId: ID, task: { taskStatus: "RUNNING" }, callMs: 250 });
    expect(last).toMatchObject({ taskId: ID, task: { taskStatus: "COMPLETE" }, callMs: 40 });
    expect(last).not.toHaveProperty("nextPollMs");
    const [one, two] = source.calls;
    expect((two?.atMs ?? 0) - (one?.endedAtMs ?? 0)).toBeCloseTo(first?.nextPollMs ?? 0, -1);
  });

  it("`status` and `progress` tell the task before, except at the first poll", async () => {
    const source = scriptedSource({
      [ID]: [{ status: "CREATED", progress: 10 }, { status: "RUNNING", progress: 20 }, "COMPLETE"],
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    const [created, running, complete] = seen.of("status") as StatusEvent[];
    expect(created).not.toHaveProperty("previous");
    expect(running).toMatchObject({ task: { taskStatus: "RUNNING" }, previous: { taskStatus: "CREATED" } });
    expect(complete?.previous?.taskStatus).toBe("RUNNING");
    const progress = seen.of("progress") as ProgressEvent[];
    expect(progress.map((event) => [event.previous?.progress, event.task.progress])).toEqual([
      [undefined, 10],
      [10, 20],
    ]);
  });

  it("`progress` tells when the end is expected, once that can be told, and never a negative time", async () => {
    const progress = (fraction: number) => 10_000 * fraction;
    const source = scriptedSource({ [ID]: { durationMs: 600_000, progress } });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(300_000);
    const middle = (seen.of("progress") as ProgressEvent[]).at(-1);
    expect(middle?.etaMs).toBeGreaterThan(200_000);
    expect(middle?.etaMs).toBeLessThan(450_000);
    await pass(HOUR_MS);
    for (const { etaMs = 0 } of seen.of("progress") as ProgressEvent[]) {
      expect(etaMs).toBeGreaterThanOrEqual(0);
    }
  });

  it("progress that is absent makes no `progress`, and `percent` is clamped", async () => {
    const source = scriptedSource({
      [ID]: [
        "RUNNING",
        { status: "RUNNING", progress: 12_345 },
        { status: "RUNNING", progress: -7 },
        "COMPLETE",
      ],
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    expect((seen.of("progress") as ProgressEvent[]).map(({ task }) => [task.progress, task.percent])).toEqual(
      [
        [12_345, 100],
        [-7, 0],
      ],
    );
  });

  it("the kind's event carries the task when complete and the error otherwise, and `settled` the outcome", async () => {
    const source = scriptedSource({ "t-1": ["COMPLETE"], "t-2": ["FAILED"] });
    const waiter = makeWaiter(source);
    const [good, bad] = [record(waiter.wait("t-1")), record(waiter.wait("t-2"))];
    await flush();
    expect(good.of("complete")).toEqual([(good.outcome as { task: unknown }).task]);
    expect(bad.of("failed")).toEqual([(bad.outcome as { error: unknown }).error]);
    expect(bad.results).toEqual([{ reason: bad.of("failed")[0] }]);
  });

  it("a wait that begins now is heard whole by listeners added in the same turn", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["COMPLETE"] })).wait(ID);
    await null;
    expect(wait.latest).toBeUndefined();
    const fresh = makeWaiter(scriptedSource({ [ID]: ["COMPLETE"] })).wait(ID);
    const seen = record(fresh);
    await flush();
    expect(seen.names).toEqual(["poll", "status", "complete", "settled"]);
  });

  it("`latest` is the task as it was last seen", async () => {
    const source = scriptedSource({ [ID]: ["CREATED", { status: "RUNNING", progress: 5 }, "unreachable"] });
    const wait = makeWaiter(source).wait(ID);
    record(wait);
    expect(wait.latest).toBeUndefined();
    expect(wait.taskId).toBe(ID);
    await flush();
    expect(wait.latest?.taskStatus).toBe("CREATED");
    await pass(60_000);
    expect(wait.latest).toMatchObject({ taskStatus: "RUNNING", progress: 5 });
    wait.abandon();
  });

  it("in a listener, `latest` is the task that the event is about", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["CREATED", "RUNNING", "COMPLETE"] })).wait(ID);
    const pairs: boolean[] = [];
    wait.on("status", ({ task }) => pairs.push(wait.latest === task));
    await pass(HOUR_MS);
    expect(pairs).toEqual([true, true, true]);
  });

  it("a waiter's listeners hear those of all waits, with the wait", async () => {
    const waiter = makeWaiter(scriptedSource({ "t-1": ["COMPLETE"], "t-2": ["FAILED"] }));
    const heard: [WaitEventName, string][] = [];
    const waits: TaskWait[] = [];
    const names: WaitEventName[] = ["poll", "status", "complete", "failed", "settled"];
    for (const name of names) {
      waiter.on(name, (_, wait) => {
        heard.push([name, wait.taskId]);
        waits.push(wait);
      });
    }
    const [one, two] = [waiter.wait("t-1"), waiter.wait("t-2")];
    record(two);
    await pass(1000);
    expect(heard.filter(([, id]) => id === "t-1").map(([name]) => name)).toEqual([
      "poll",
      "status",
      "complete",
      "settled",
    ]);
    expect(heard.filter(([, id]) => id === "t-2").map(([name]) => name)).toEqual([
      "poll",
      "status",
      "failed",
      "settled",
    ]);
    expect(waits.every((wait) => wait === one || wait === two)).toBe(true);
  });

  it("a waiter's once() and off() do as they say", async () => {
    const waiter = makeWaiter(scriptedSource({}, { otherwise: ["COMPLETE"] }));
    const heard: string[] = [];
    const removed = () => heard.push("removed");
    waiter
      .once("complete", (_, wait) => heard.push(wait.taskId))
      .on("complete", removed)
      .off("complete", removed);
    await Promise.all([waiter.wait("t-1"), waiter.wait("t-2"), pass(1000)]);
    expect(heard).toHaveLength(1);
  });
});
