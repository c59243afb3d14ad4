import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  isStartUnknownError,
  type RunCheckpoint,
  runTask,
  startTask,
  type Task,
  type TaskListQuery,
  type TaskPage,
  type TaskRun,
  type TaskSource,
  type TaskStart,
} from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";

const TYPE = "CHECK_RULES";
const MINUTE_MS = 60_000;
const LAPSE_MS = 20 * MINUTE_MS;
const HALF_MINUTE_MS = 30_500;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs);

/** A service that took nothing of an earlier process's start, whatever its listing shows. */
function service(list: (query: TaskListQuery) => Promise<TaskPage>, clockAheadMs = 0) {
  const inner = scriptedSource({ "t-1": ["COMPLETE"], "t-0": ["COMPLETE"] });
  const source: TaskSource = {
    describe: (id, options) => inner.describe(id, options),
    clockOffsetMs: () => clockAheadMs,
    list,
  };
  const sentAfterMs: number[] = [];
  const began = Date.now();
  const start: TaskStart = Object.assign(
    async () => {
      sentAfterMs.push(Date.now() - began);
      return { taskId: "t-1" };
    },
    { taskType: TYPE, source, lapsesAfterMs: LAPSE_MS },
  );
  return { start, sentAfterMs };
}

/** What an earlier process has kept when its start left. */
function sentAt(sentAtMs: number): RunCheckpoint {
  return {
    version: 1,
    runStartedAtMs: sentAtMs,
    deadlineMs: sentAtMs + 24 * 3_600_000,
    attempt: 1,
    earlier: [],
    sentAtMs,
  };
}

const none = async (): Promise<TaskPage> => ({ tasks: [] });
const showing =
  (fields: Partial<Task>, more: Partial<TaskPage> = {}) =>
  async (): Promise<TaskPage> => ({
    tasks: [{ taskId: "t-0", taskStatus: "RUNNING", taskType: TYPE, ...fields } as Task],
    ...more,
  });

function held(run: TaskRun): number[] {
  const delays: number[] = [];
  run.on("startRetry", ({ error, delayMs }) => {
    expect(isStartUnknownError(error)).toBe(true);
    delays.push(delayMs);
  });
  return delays;
}

describe("a start that an earlier process has sent", () => {
  it("is sent again once the service can't take it any more, if no listing has shown its task", async () => {
    const { start, sentAfterMs } = service(none);
    const run = runTask(start, { resume: sentAt(Date.now()) });
    const delays = held(run);
    await pass(LAPSE_MS - 1000);
    expect(sentAfterMs).toEqual([]);
    expect(run.checkpoint().sentAtMs).toBeDefined();
    // Told after half a minute, of which the last half minute makes up.
    expect(delays).toEqual([LAPSE_MS]);
    await pass(2 * MINUTE_MS);
    expect(await run.outcome).toMatchObject({ kind: "complete", task: { taskId: "t-1" } });
    expect(sentAfterMs).toEqual([LAPSE_MS + HALF_MINUTE_MS]);
  });

  it("is searched for during half a minute, too, by a run that resumes it later than that", async () => {
    const list = vi.fn(none);
    const { start, sentAfterMs } = service(list);
    const run = runTask(start, { resume: sentAt(Date.now() - LAPSE_MS - 1) });
    await pass(MINUTE_MS);
    expect((await run.outcome).kind).toBe("complete");
    expect(sentAfterMs).toEqual([HALF_MINUTE_MS]);
    expect(list).toHaveBeenCalledTimes(7);
  });

  it("is adopted by such a run when a listing that lags shows its task within that half minute", async () => {
    const began = Date.now();
    const task = showing({ startTime: began / 1000 - LAPSE_MS / 1000 });
    const { start, sentAfterMs } = service(() => (Date.now() < began + 20_000 ? none() : task()));
    const run = runTask(start, { resume: sentAt(began - LAPSE_MS - 1) });
    await pass(MINUTE_MS);
    expect(await run.outcome).toMatchObject({ kind: "complete", task: { taskId: "t-0" } });
    expect(sentAfterMs).toEqual([]);
  });

  it("is not sent again where one of several listings has shown a task that may be it", async () => {
    const began = Date.now();
    const { start, sentAfterMs } = service(() =>
      Date.now() === began + 1500 ? showing({ taskStatus: "CREATED" })() : none(),
    );
    const run = runTask(start, { resume: sentAt(began - LAPSE_MS - 1) });
    void run.outcome;
    await pass(3 * LAPSE_MS);
    expect((await run.outcome).kind).toBe("startUnknown");
    expect(sentAfterMs).toEqual([]);
  });

  it("is sent again where that task turns out to be older", async () => {
    const began = Date.now();
    const older = showing({ startTime: 1 });
    const { start, sentAfterMs } = service(() => (Date.now() === began ? showing({})() : older()));
    const run = runTask(start, { resume: sentAt(began - LAPSE_MS - 1) });
    await pass(MINUTE_MS);
    expect((await run.outcome).kind).toBe("complete");
    expect(sentAfterMs).toEqual([HALF_MINUTE_MS]);
  });

  it("is not sent again where the last listing could not be read", async () => {
    const began = Date.now();
    const { start, sentAfterMs } = service(() =>
      Date.now() < began + 20_000 ? none() : Promise.reject(new Error("the listing is down")),
    );
    const run = runTask(start, { resume: sentAt(began - LAPSE_MS - 1) });
    void run.outcome;
    await pass(MINUTE_MS);
    expect((await run.outcome).kind).toBe("startUnknown");
    expect(sentAfterMs).toEqual([]);
  });

  it("is adopted when its task shows at last", async () => {
    let tasks: readonly Task[] = [];
    const { start, sentAfterMs } = service(async () => ({ tasks }));
    const run = runTask(start, { resume: sentAt(Date.now()) });
    await pass(10 * MINUTE_MS);
    tasks = [
      { taskId: "t-0", taskStatus: "RUNNING", taskType: TYPE, startTime: Math.floor(Date.now() / 1000) },
    ];
    await pass(LAPSE_MS);
    expect(await run.outcome).toMatchObject({ kind: "complete", task: { taskId: "t-0" } });
    expect(sentAfterMs).toEqual([]);
  });

  it("is good for longer by as much as our clock is fast", async () => {
    const { start, sentAfterMs } = service(none, -10 * MINUTE_MS);
    const run = runTask(start, { resume: sentAt(Date.now()) });
    await pass(LAPSE_MS + 9 * MINUTE_MS);
    expect(sentAfterMs).toEqual([]);
    await pass(3 * MINUTE_MS);
    expect((await run.outcome).kind).toBe("complete");
  });

  it("is good for longer, too, where only the answer of a listing tells that our clock is fast", async () => {
    let aheadMs = 0;
    const { start, sentAfterMs } = service(async () => {
      aheadMs = -10 * MINUTE_MS;
      return { tasks: [] };
    });
    Object.assign(start.source as TaskSource, { clockOffsetMs: () => aheadMs });
    const run = runTask(start, { resume: sentAt(Date.now() - LAPSE_MS - 1) });
    await pass(9 * MINUTE_MS);
    expect(sentAfterMs).toEqual([]);
    await pass(3 * MINUTE_MS);
    expect((await run.outcome).kind).toBe("complete");
    expect(sentAfterMs).toEqual([10 * MINUTE_MS - 1 + HALF_MINUTE_MS]);
  });

  it.each<[string, () => Promise<TaskPage>]>([
    ["a task that began since", showing({ startTime: Date.UTC(2026, 0, 1) / 1000 })],
    ["a task that is still queued", showing({ taskStatus: "CREATED" })],
    ["a running task without a start time", showing({})],
    ["one that failed before it began", showing({ taskStatus: "FAILED" })],
    ["pages without an end", showing({ startTime: 1 }, { nextToken: "again" })],
    ["something that can't be read", async () => ({ tasks: [null as unknown as Task] })],
    ["nothing but errors", () => Promise.reject(new Error("the listing is down"))],
    [
      "a task that began a little before, which a clock that was fast by then can't tell apart",
      showing({ startTime: (Date.UTC(2026, 0, 1) - 15 * MINUTE_MS) / 1000 }),
    ],
  ])("is never sent again where the listing shows %s", async (_, list) => {
    const { start, sentAfterMs } = service(list);
    const run = runTask(start, { resume: sentAt(Date.now()) });
    void run.outcome;
    await pass(3 * LAPSE_MS);
    expect(sentAfterMs).toEqual([]);
    run.abandon();
    await run.outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is sent again where the listing shows older tasks only", async () => {
    const { start, sentAfterMs } = service(
      showing({ startTime: (Date.UTC(2026, 0, 1) - LAPSE_MS) / 1000 - 10 }),
    );
    const run = runTask(start, { resume: sentAt(Date.now()) });
    await pass(LAPSE_MS + 2 * MINUTE_MS);
    expect((await run.outcome).kind).toBe("complete");
    expect(sentAfterMs).toHaveLength(1);
  });

  it("was sent before now, whatever its clock said: one that was 8 h fast does not hide its task", async () => {
    const { start, sentAfterMs } = service(showing({ startTime: Date.UTC(2026, 0, 1) / 1000 - 1 }));
    const run = runTask(start, { resume: sentAt(Date.now() + 8 * 3_600_000) });
    // Or it would be later at each resume.
    expect(run.checkpoint().sentAtMs).toBe(Date.now());
    await pass(MINUTE_MS);
    expect(await run.outcome).toMatchObject({ kind: "complete", task: { taskId: "t-0" } });
    expect(sentAfterMs).toEqual([]);
  });

  it("is never sent again without a time after which the service does not take it", async () => {
    const { start, sentAfterMs } = service(none);
    const { lapsesAfterMs: _, ...rest } = start;
    const run = runTask(
      Object.assign(() => start({ attempt: 1, signal: new AbortController().signal }), rest),
      {
        resume: sentAt(Date.now() - 24 * LAPSE_MS),
        timeout: "10d",
      },
    );
    void run.outcome;
    await pass(3 * LAPSE_MS);
    expect(sentAfterMs).toEqual([]);
    expect((await run.outcome).kind).not.toBe("complete");
  });
});

describe("the time after which a start lapses", () => {
  it.each([Number.NaN, 0, -1, "20m", null])("is refused at once when it is %s", async (lapsesAfterMs) => {
    const { start } = service(none);
    const wrong = Object.assign(start, { lapsesAfterMs }) as TaskStart;
    const words = /start\.lapsesAfterMs must be a number of milliseconds, more than 0, got /;
    expect(() => runTask(wrong)).toThrow(words);
    await expect(startTask(wrong)).rejects.toThrow(words);
  });
});

describe("the wall clock is set during a run", () => {
  it.each([8, -8])("by %i h: its checkpoint is in wall time of its moment", async (hours) => {
    const { start } = service(none);
    const run = runTask(
      Object.assign(() => new Promise<string>(() => {}), { ...start }),
      { timeout: "1h" },
    );
    void run.outcome;
    await pass(15 * MINUTE_MS);
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    const { deadlineMs, runStartedAtMs, sentAtMs = Number.NaN } = run.checkpoint();
    expect(deadlineMs - Date.now()).toBeCloseTo(45 * MINUTE_MS, -2);
    expect(Date.now() - runStartedAtMs).toBeCloseTo(15 * MINUTE_MS, -2);
    // Where the machine may have been suspended as well, the earlier moment.
    expect(Date.now() - sentAtMs).toBeCloseTo((15 + Math.max(0, hours) * 60) * MINUTE_MS, -2);
    run.abandon();
    await run.outcome;
  });

  it("back by 8 h: a start that became unclear is found all the same", async () => {
    let tasks: readonly Task[] = [];
    const epochMs = Date.now();
    let aheadMs = 0;
    const { start } = service(async () => ({ tasks }));
    const source = { ...(start.source as TaskSource), clockOffsetMs: () => aheadMs };
    const lost: TaskStart = Object.assign(
      async () => {
        tasks = [{ taskId: "t-0", taskStatus: "RUNNING", taskType: TYPE, startTime: epochMs / 1000 }];
        aheadMs = 8 * 3_600_000;
        vi.setSystemTime(Date.now() - aheadMs);
        throw new Error("the connection was reset");
      },
      { taskType: TYPE, source },
    );
    const run = runTask(lost);
    await pass(MINUTE_MS);
    expect(await run.outcome).toMatchObject({ kind: "complete", task: { taskId: "t-0" } });
  });
});
