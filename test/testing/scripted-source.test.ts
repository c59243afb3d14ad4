import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { classifyError, InvalidOptionError, type Task } from "../../src/index.ts";
import { countedSignal, type ScriptStep, scriptedSource } from "../../src/testing/index.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const { signal } = new AbortController();

async function statuses(
  source: ReturnType<typeof scriptedSource>,
  taskId: string,
  count: number,
): Promise<string[]> {
  const seen: string[] = [];
  for (let index = 0; index < count; index++) {
    seen.push((await source.describe(taskId, { signal })).taskStatus);
  }
  return seen;
}

describe("scriptedSource", () => {
  it("follows the steps of each task by itself, and repeats the last", async () => {
    const source = scriptedSource({ "t-1": ["CREATED", "RUNNING", "COMPLETE"], "t-2": ["FAILED"] });
    expect(await statuses(source, "t-1", 2)).toEqual(["CREATED", "RUNNING"]);
    expect(await statuses(source, "t-2", 2)).toEqual(["FAILED", "FAILED"]);
    expect(await statuses(source, "t-1", 2)).toEqual(["COMPLETE", "COMPLETE"]);
  });

  it("`times` is for that many calls", async () => {
    const source = scriptedSource({ "t-1": [{ status: "RUNNING", times: 3 }, "COMPLETE"] });
    expect(await statuses(source, "t-1", 4)).toEqual(["RUNNING", "RUNNING", "RUNNING", "COMPLETE"]);
  });

  it("derives what a real source derives", async () => {
    const source = scriptedSource({ "t-1": [{ status: "RUNNING", progress: 2500, taskResult: "[1]" }] });
    expect(await source.describe("t-1", { signal })).toEqual({
      taskId: "t-1",
      taskStatus: "RUNNING",
      progress: 2500,
      percent: 25,
      taskResult: "[1]",
      result: [1],
    } satisfies Task);
  });

  it.each([
    ["notFound", "notFound"],
    ["denied", "denied"],
    ["unreachable", "transient"],
    ["throttled", "throttled"],
  ] as const)("%s reads as %s", async (step, meaning) => {
    const source = scriptedSource({ "t-1": [step] });
    const error = await source.describe("t-1", { signal }).catch((thrown: unknown) => thrown);
    expect(classifyError(error)).toBe(meaning);
  });

  it("a task without a script is not found, or as `otherwise` says", async () => {
    await expect(scriptedSource().describe("t-1", { signal })).rejects.toMatchObject({
      code: "TASK_NOT_FOUND",
    });
    const source = scriptedSource({}, { otherwise: ["RUNNING", "COMPLETE"] });
    expect(await statuses(source, "t-1", 2)).toEqual(["RUNNING", "COMPLETE"]);
    expect(await statuses(source, "t-2", 1)).toEqual(["RUNNING"]);
  });

  it("answers after the delay, unless the signal comes first", async () => {
    const source = scriptedSource({ "t-1": [{ status: "COMPLETE", delayMs: 1000 }] });
    const controller = new AbortController();
    const calls = [source.describe("t-1", { signal }), source.describe("t-1", { signal: controller.signal })];
    const ends = Promise.allSettled(calls);
    await vi.advanceTimersByTimeAsync(500);
    expect(source.inFlight).toBe(2);
    controller.abort("enough");
    await vi.advanceTimersByTimeAsync(500);
    expect(await ends).toMatchObject([{ status: "fulfilled" }, { reason: "enough" }]);
    expect(source.calls).toMatchObject([
      { taskId: "t-1", atMs: 0, endedAtMs: 1000, aborted: false },
      { taskId: "t-1", atMs: 0, endedAtMs: 500, aborted: true },
    ]);
    expect(source.mostInFlight).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a hang rejects on abort, a deaf one does not", async () => {
    const source = scriptedSource({ "t-1": ["hang"], "t-2": ["deaf"] });
    const controller = new AbortController();
    const hang = source.describe("t-1", { signal: controller.signal });
    void source.describe("t-2", { signal: controller.signal });
    controller.abort("enough");
    await expect(hang).rejects.toBe("enough");
    expect(source.inFlight).toBe(1);
  });

  it("throws without a promise when it is told to", () => {
    const error = new Error("no promise");
    const source = scriptedSource({ "t-1": [{ throws: error }] });
    expect(() => source.describe("t-1", { signal })).toThrow(error);
    expect(source.calls).toHaveLength(1);
  });

  it("runs a timed task by the clock", async () => {
    const progress = (fraction: number) => fraction * 10_000;
    const source = scriptedSource({
      "t-1": { createdMs: 1000, durationMs: 4000, progress, end: "FAILED" },
    });
    const seen: string[] = [];
    for (let second = 0; second < 6; second++) {
      const task = await source.describe("t-1", { signal });
      seen.push(`${task.taskStatus} ${task.progress}`);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(seen).toEqual([
      "CREATED undefined",
      "RUNNING 0",
      "RUNNING 2500",
      "RUNNING 5000",
      "RUNNING 7500",
      "FAILED 10000",
    ]);
  });

  it("asks a function about each call", async () => {
    const source = scriptedSource({
      "t-1": ({ taskId, index }) => `${taskId.toUpperCase().replace("-", "_")}_${index}`,
    });
    expect(await statuses(source, "t-1", 2)).toEqual(["T_1_0", "T_1_1"]);
  });

  it("lists its tasks, page by page, and moves the scripts on", async () => {
    const source = scriptedSource(
      { "t-1": ["RUNNING", "COMPLETE"], "t-2": ["notFound"], "t-3": ["RUNNING"], "t-4": ["CREATED"] },
      { listing: true },
    );
    const first = await source.list?.({ taskStatus: "RUNNING", maxResults: 1 }, { signal });
    expect(first?.tasks.map(({ taskId }) => taskId)).toEqual(["t-1"]);
    const second = await source.list?.(
      { taskStatus: "RUNNING", nextToken: first?.nextToken as string },
      { signal },
    );
    expect(second?.tasks.map(({ taskId }) => taskId)).toEqual(["t-3"]);
    expect(second?.nextToken).toBeUndefined();
    expect(await statuses(source, "t-1", 1)).toEqual(["COMPLETE"]);
    expect(scriptedSource().list).toBeUndefined();
  });

  it("takes another script in mid-test", async () => {
    const source = scriptedSource({ "t-1": ["RUNNING"] });
    await statuses(source, "t-1", 3);
    source.setScript("t-1", ["CREATED", "COMPLETE"]);
    expect(await statuses(source, "t-1", 2)).toEqual(["CREATED", "COMPLETE"]);
  });

  it.each([
    [{ status: "RUNNING", progress: undefined, error: undefined, throws: undefined }, "RUNNING"],
    [{ status: "COMPLETE", delayMs: undefined, times: undefined, color: undefined }, "COMPLETE"],
  ])("takes what is undefined for absent: %o", async (step, status) => {
    const source = scriptedSource({ "t-1": [step as ScriptStep] });
    expect(await statuses(source, "t-1", 2)).toEqual([status, status]);
  });

  it("takes what is undefined for absent in a timed script, and its older word", async () => {
    const script = {
      durationMs: 1000,
      createdMs: undefined,
      startsAfterMs: 1000,
      end: undefined,
      fields: undefined,
    };
    const source = scriptedSource({ "t-1": script as never });
    expect(await statuses(source, "t-1", 1)).toEqual(["CREATED"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await statuses(source, "t-1", 1)).toEqual(["COMPLETE"]);
  });

  it("refuses an option that it does not know, naming the nearest and all", () => {
    expect(() => scriptedSource({}, { listng: true } as never)).toThrow(
      'scriptedSource: unknown option "listng"; did you mean "listing"? Known are listDelayMs, listing, otherwise',
    );
  });

  const BAD: [string, unknown, RegExp][] = [
    ["no steps", [], /scripts\["t-1"\] must have at least one step/],
    ["a word that is none", ["notfound"], /scripts\["t-1"\]\[0\].*"notfound"/],
    ["an object that says nothing", [{}], /exactly one of status/],
    ["one that says two things", [{ status: "RUNNING", error: 1 }], /exactly one of status.*"status, error"/],
    ["a negative delay", [{ status: "RUNNING", delayMs: -1 }], /delayMs must be a number of at least 0/],
    ["no calls", [{ status: "RUNNING", times: 0 }], /times must be a number of at least 1/],
    [
      "a field that no task has",
      [{ status: "RUNNING", progres: 5 }],
      /\[0\]: unknown option "progres"; did you mean "progress"\? Known are completeTime,/,
    ],
    [
      "a time to wait of a good answer",
      [{ status: "RUNNING", retryAfterMs: 5 }],
      /unknown option "retryAfterMs"/,
    ],
    [
      "a timed script with another name",
      { durationMs: 5, ends: "FAILED" },
      /scripts\["t-1"\]: unknown option "ends"; did you mean "end"\? Known are createdMs, delayMs, durationMs, end, fields, progress/,
    ],
    [
      "a timed script with an end that is none",
      { durationMs: 5, end: "failed" },
      /end must be "COMPLETE" or "FAILED"/,
    ],
    ["a timed script without a duration", { durationMs: undefined }, /durationMs must be of type number/],
    [
      "two words for one thing",
      { durationMs: 5, createdMs: 1, startsAfterMs: 2 },
      /must have "createdMs" or its older name/,
    ],
    ["a number", 5, /must be a list of steps, a timed script or a function, got 5/],
    ["null", null, /must be a list of steps/],
  ];

  it.each(BAD)("refuses a script that is none, naming the place: %s", (_, script, message) => {
    const scripts = { "t-1": script as readonly ScriptStep[] };
    expect(() => scriptedSource(scripts)).toThrow(InvalidOptionError);
    expect(() => scriptedSource(scripts)).toThrow(message);
  });
});

describe("countedSignal", () => {
  it("counts listeners as they come and go", () => {
    const counted = countedSignal();
    const [one, two] = [() => {}, () => {}];
    counted.signal.addEventListener("abort", one);
    counted.signal.addEventListener("abort", two, { once: true });
    expect([counted.listeners, counted.mostListeners]).toEqual([2, 2]);
    counted.signal.removeEventListener("abort", one);
    expect([counted.listeners, counted.mostListeners]).toEqual([1, 2]);
    counted.abort("enough");
    expect(counted.signal.reason).toBe("enough");
  });
});
