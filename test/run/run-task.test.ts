import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  BdrcApiError,
  InvalidOptionError,
  isStartUnknownError,
  isTaskFailedError,
  isWaitTimeoutError,
  ProtocolError,
  type RunCheckpoint,
  type RunTaskOptions,
  runTask,
  type StartContext,
  type Task,
  type TaskRun,
  type TaskSource,
  type TaskStart,
  UnreachableError,
} from "../../src/index.ts";
import { type Script, scriptedSource } from "../../src/testing/index.ts";

const TYPE = "CHECK_RULES";
const CONTEXT: StartContext = { attempt: 1, signal: new AbortController().signal };
const busy = { status: "FAILED", errorMessage: "too many requests." } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs);

/** A service whose n-th started task follows the n-th script. */
function service(scripts: readonly Script[]) {
  const source = scriptedSource(
    Object.fromEntries(scripts.map((script, index) => [`t-${index + 1}`, script])),
  );
  let starts = 0;
  const start: TaskStart = async () => {
    starts++;
    return { taskId: `t-${starts}` };
  };
  return { source, start, starts: () => starts };
}

/** A source whose listing is what the test says. */
function listingSource(tasks: () => readonly Task[], inner: TaskSource = scriptedSource()): TaskSource {
  return { describe: (id, options) => inner.describe(id, options), list: async () => ({ tasks: tasks() }) };
}

function listed(taskId: string, fields: Partial<Task> = {}): Task {
  const startTime = Math.floor(Date.now() / 1000);
  return { taskId, taskStatus: "RUNNING", taskType: TYPE, startTime, ...fields };
}

/** Everything a run says, as `name attempt`. */
function heard(run: TaskRun): string[] {
  const names: string[] = [];
  for (const name of [
    "starting",
    "startRetry",
    "started",
    "again",
    "status",
    "complete",
    "failed",
    "settled",
  ] as const) {
    run.on(name, (payload) => {
      const { attempt } = payload as { attempt?: number };
      names.push(attempt === undefined ? name : `${name} ${attempt}`);
    });
  }
  return names;
}

async function outcomeOf(run: TaskRun, durationMs = 3_600_000) {
  const { outcome } = run;
  await pass(durationMs);
  return outcome;
}

const quick: RunTaskOptions = { timeout: "10h" };

describe("runTask", () => {
  it("starts a task, waits for it, and gives it", async () => {
    const { source, start, starts } = service([["CREATED", "RUNNING", "COMPLETE"]]);
    const run = runTask(start, { source, ...quick });
    await pass(3_600_000);
    expect(await run).toMatchObject({ taskId: "t-1", taskStatus: "COMPLETE" });
    expect(starts()).toBe(1);
    expect(run.taskId).toBe("t-1");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("starts three times when the service was busy twice, and tells the attempts", async () => {
    const { source, start, starts } = service([["RUNNING", busy], [busy], ["RUNNING", "COMPLETE"]]);
    const run = runTask(start, { source, ...quick });
    const names = heard(run);
    expect(await outcomeOf(run)).toMatchObject({ kind: "complete", task: { taskId: "t-3" } });
    expect(starts()).toBe(3);
    expect(names.filter((name) => !name.startsWith("status"))).toEqual([
      ...["starting 1", "started 1", "again 1"],
      ...["starting 2", "started 2", "again 2"],
      ...["starting 3", "started 3", "complete", "settled"],
    ]);
    expect(names).toContain("status 2");
  });

  it("gives up after its attempts, with the last failure", async () => {
    const { source, start, starts } = service([[busy], [busy], ["COMPLETE"]]);
    const run = runTask(start, { source, attempts: 2, ...quick });
    const outcome = await outcomeOf(run);
    expect(outcome.kind).toBe("failed");
    expect(isTaskFailedError(outcome.kind === "failed" && outcome.error)).toBe(true);
    expect(outcome.task?.taskId).toBe("t-2");
    expect(starts()).toBe(2);
    await expect(run).rejects.toThrow("too many requests.");
  });

  it.each([
    ["failed", { status: "FAILED", errorMessage: "the disk is full" }],
    ["expired", { status: "EXPIRED", errorMessage: "timeout" }],
    ["canceled", { status: "CANCELED" }],
  ] as const)("does not start again what has %s for good", async (kind, step) => {
    const { source, start, starts } = service([[step], ["COMPLETE"]]);
    expect((await outcomeOf(runTask(start, { source, ...quick }))).kind).toBe(kind);
    expect(starts()).toBe(1);
  });

  it("has one deadline over all attempts, pauses included", async () => {
    const { source, start } = service([["RUNNING", busy], ["RUNNING"]]);
    const run = runTask(start, { source, timeoutMs: 60_000 });
    const began = Date.now();
    let endedAfterMs = 0;
    run.on("settled", () => {
      endedAfterMs = Date.now() - began;
    });
    const outcome = await outcomeOf(run);
    expect(outcome.kind).toBe("timedOut");
    expect(outcome.task?.taskId).toBe("t-2");
    expect(endedAfterMs).toBeGreaterThanOrEqual(60_000);
    expect(endedAfterMs).toBeLessThan(60_010);
  });

  it("times out in a start that hangs, and says that it may have started a task", async () => {
    const { source } = service([]);
    const run = runTask(() => new Promise(() => {}), { source, timeoutMs: 5000 });
    const outcome = await outcomeOf(run);
    expect(outcome.kind === "timedOut" && isWaitTimeoutError(outcome.error)).toBe(true);
    await expect(run).rejects.toThrow(/may have started a task/);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sends a start again that was throttled or never sent, and no earlier than asked", async () => {
    const { source, start, starts } = service([["COMPLETE"]]);
    const errors = [
      new BdrcApiError("slow", { httpStatus: 400, apiCode: "Throttling.User", retryAfterMs: 7000 }),
      new UnreachableError("no answer", { cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }) }),
    ];
    const at: number[] = [];
    const began = Date.now();
    const run = runTask(
      async (context) => {
        at.push(Date.now() - began);
        const error = errors.shift();
        if (error !== undefined) {
          throw error;
        }
        return await start(context);
      },
      { source, ...quick },
    );
    const names = heard(run);
    expect((await outcomeOf(run)).kind).toBe("complete");
    expect(starts()).toBe(1);
    expect(at[1]).toBeGreaterThanOrEqual(7000);
    expect(names.filter((name) => name === "startRetry 1")).toHaveLength(2);
  });

  it("ends as denied at the first refusal, and as notStarted with what else the start threw", async () => {
    const { source } = service([]);
    const denied = new BdrcApiError("no", { httpStatus: 403, apiCode: "NoPermission" });
    const run = runTask(async () => Promise.reject(denied), { source });
    expect((await outcomeOf(run)).kind).toBe("denied");
    const bad = new BdrcApiError("no", { httpStatus: 400, apiCode: "InvalidParameter" });
    const other = await outcomeOf(runTask(async () => Promise.reject(bad), { source }));
    expect(other).toEqual({ kind: "notStarted", error: bad });
    const third = new InvalidOptionError("checkRules: resourceArn must be a string");
    const last = await outcomeOf(
      runTask(
        () => {
          throw third;
        },
        { source },
      ),
    );
    expect(last).toEqual({ kind: "notStarted", error: third });
  });

  it("says that it does not know when a mistake of the start's own code hides what became of it", async () => {
    const source = listingSource(() => []);
    const mistake = new TypeError("Cannot read properties of undefined (reading 'taskId')");
    const start = vi.fn(async () => Promise.reject(mistake));
    const outcome = await outcomeOf(runTask(start, { source, taskType: TYPE }));
    expect(outcome).toMatchObject({ kind: "startUnknown", error: { cause: mistake } });
    expect(start).toHaveBeenCalledTimes(1);
  });

  it.each(["reset", "timeout", "not HTTP", "server error", "no id", "stranger", "a mistake"])(
    "adopts the one task of its type that began since, when the start ended with: %s",
    async (how) => {
      let starts = 0;
      const tasks: Task[] = [
        listed("t-old", { startTime: Math.floor(Date.now() / 1000) - 60 }),
        listed("t-other", { taskType: "UPDATE_RESOURCES" }),
      ];
      const source = listingSource(() => tasks, scriptedSource({ "t-new": ["RUNNING", "COMPLETE"] }));
      const start: TaskStart = async () => {
        starts++;
        tasks.push(listed("t-new", { startTime: Math.floor(Date.now() / 1000) }));
        switch (how) {
          case "reset":
            throw new UnreachableError("x", { cause: Object.assign(new Error("x"), { code: "ECONNRESET" }) });
          case "timeout":
            throw new UnreachableError("no answer within 10000 ms");
          case "not HTTP":
            throw new ProtocolError("the answer is not HTTP");
          case "server error":
            throw new BdrcApiError("x", { httpStatus: 500, apiCode: "InternalError" });
          case "no id":
            return "" as string;
          case "a mistake":
            return (JSON.parse("{}") as { body: { taskId: string } }).body.taskId;
          default:
            throw new Error("socket hang up");
        }
      };
      const run = runTask(start, { source, taskType: TYPE, ...quick });
      const started: unknown[] = [];
      run.on("started", (event) => started.push(event));
      expect(await outcomeOf(run)).toMatchObject({ kind: "complete", task: { taskId: "t-new" } });
      expect(starts).toBe(1);
      expect(started).toEqual([{ attempt: 1, taskId: "t-new", adopted: true }]);
    },
  );

  it("adopts a task that shows late, and one whose start time is told late", async () => {
    const began = Date.now();
    const tasks = (): Task[] => {
      const elapsedMs = Date.now() - began;
      if (elapsedMs < 3000) {
        return [];
      }
      const { startTime: _, ...undated } = listed("t-late", { taskStatus: "CREATED" });
      return [elapsedMs < 10_000 ? undated : listed("t-late", { startTime: began / 1000 })];
    };
    const source = listingSource(tasks, scriptedSource({ "t-late": ["COMPLETE"] }));
    const run = runTask(async () => Promise.reject(new UnreachableError("x")), {
      source,
      taskType: TYPE,
      ...quick,
    });
    expect(await outcomeOf(run)).toMatchObject({ kind: "complete", task: { taskId: "t-late" } });
  });

  it("neither guesses nor starts again when the listing shows none, several, or can't be read", async () => {
    const fault = new UnreachableError("the answer was lost");
    const outcomeWith = async (source: TaskSource, options: RunTaskOptions = {}) => {
      const start = vi.fn(async () => Promise.reject(fault));
      const outcome = await outcomeOf(runTask(start, { source, taskType: TYPE, ...quick, ...options }));
      expect(start).toHaveBeenCalledTimes(1);
      expect(outcome.kind).toBe("startUnknown");
      const { error } = outcome as { error: unknown };
      expect(isStartUnknownError(error) && error.cause).toBe(fault);
      return error as { message: string; candidates: readonly string[] };
    };
    expect((await outcomeWith(listingSource(() => []))).message).toMatch(/shows no CHECK_RULES task/);
    const two = await outcomeWith(listingSource(() => [listed("t-a"), listed("t-b")]));
    expect(two.candidates).toEqual(["t-a", "t-b"]);
    const broken: TaskSource = {
      describe: async () => listed("t-a"),
      list: async () => Promise.reject(new BdrcApiError("x", { httpStatus: 403, apiCode: "NoPermission" })),
    };
    expect((await outcomeWith(broken)).message).toMatch(/can't be read either/);
    expect((await outcomeWith(scriptedSource())).message).toMatch(/without a source that lists tasks/);
  });

  it("takes what a source lists as what it describes: checked, and not to be changed", async () => {
    const began = Math.floor(Date.now() / 1000);
    const tasks = () =>
      [
        null,
        { taskStatus: "RUNNING", taskType: TYPE, startTime: began },
        // In milliseconds, and long ago.
        listed("t-old", { startTime: (began - 3600) * 1000 }),
        { ...listed("t-new"), startTime: `${began}`, taskName: 7 },
      ] as Task[];
    const seen: Task[] = [];
    const run = runTask(async () => Promise.reject(new UnreachableError("x")), {
      source: listingSource(tasks, scriptedSource({ "t-new": ["COMPLETE"] })),
      taskType: TYPE,
      isOurs: (task) => seen.push(task) > 0,
      ...quick,
    });
    expect(await outcomeOf(run)).toMatchObject({ kind: "complete", task: { taskId: "t-new" } });
    expect(seen.map((task) => Object.isFrozen(task))).toEqual([true, true]);
    expect(seen[1]).toEqual(listed("t-new", { startTime: began }));
  });

  it("tells its own task among several by isOurs", async () => {
    const tasks = () => [listed("t-a"), listed("t-b", { taskName: "mine" })];
    const source = listingSource(tasks, scriptedSource({ "t-b": ["COMPLETE"] }));
    const run = runTask(async () => Promise.reject(new UnreachableError("x")), {
      source,
      taskType: TYPE,
      isOurs: (task) => task.taskName === "mine",
      ...quick,
    });
    expect(await outcomeOf(run)).toMatchObject({ kind: "complete", task: { taskId: "t-b" } });
  });

  it("never takes another run's task for its own", async () => {
    const tasks: Task[] = [];
    const source = listingSource(() => tasks, scriptedSource({ "t-1": ["COMPLETE"], "t-2": ["COMPLETE"] }));
    const begin = (taskId: string, isLost: boolean) =>
      runTask(
        async () => {
          tasks.push(listed(taskId));
          if (isLost) {
            throw new UnreachableError("x");
          }
          return taskId;
        },
        { source, taskType: TYPE, ...quick },
      );
    const runs = [begin("t-1", false), begin("t-2", true)];
    await pass(3_600_000);
    expect((await Promise.all(runs)).map(({ taskId }) => taskId)).toEqual(["t-1", "t-2"]);
  });

  it("aborts in a start, in a pause and in a wait, at once and with the reason untouched", async () => {
    const reason = new Error("enough");
    for (const afterMs of [0, 500, 1500]) {
      const controller = new AbortController();
      const { source } = service([[busy], ["RUNNING"]]);
      let starts = 0;
      const start: TaskStart = () =>
        afterMs === 0 ? new Promise(() => {}) : Promise.resolve(`t-${++starts}`);
      const run = runTask(start, { source, signal: controller.signal, minIntervalMs: 1, maxIntervalMs: 10 });
      const { outcome } = run;
      await pass(afterMs);
      controller.abort(reason);
      await pass(0);
      expect(await outcome).toMatchObject({ kind: "aborted", error: reason });
      await expect(run).rejects.toBe(reason);
      const calls = source.calls.length;
      await pass(60_000);
      expect(source.calls.length).toBe(calls);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it("is abandoned like a wait, and iterates like one over all attempts", async () => {
    const { source, start } = service([
      ["RUNNING", busy],
      ["RUNNING", { status: "RUNNING", progress: 5000 }],
    ]);
    const run = runTask(start, { source, ...quick });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const task of run) {
        seen.push(`${task.taskId} ${task.taskStatus}`);
      }
    })();
    await pass(600_000);
    expect(run.latest?.progress).toBe(5000);
    run.abandon();
    await reading;
    expect(new Set(seen)).toEqual(new Set(["t-1 RUNNING", "t-1 FAILED", "t-2 RUNNING"]));
  });
});

it("a run that is abandoned at its start event sends nothing", async () => {
  const { source, start, starts } = service([["COMPLETE"]]);
  const run = runTask(start, { source });
  run.on("starting", () => run.abandon());
  expect((await outcomeOf(run)).kind).toBe("aborted");
  expect(starts()).toBe(0);
});

describe("a run's checkpoint", () => {
  const keep = (run: TaskRun): RunCheckpoint => JSON.parse(JSON.stringify(run.checkpoint()));

  it("goes on with the started task and the deadline, and starts nothing", async () => {
    const { source, start, starts } = service([["RUNNING"]]);
    const first = runTask(start, { source, timeoutMs: 600_000 });
    await pass(60_000);
    const checkpoint = keep(first);
    first.abandon();
    await first.outcome;
    const second = runTask(start, { source, resume: checkpoint, timeoutMs: 5 });
    const began = Date.now();
    const ended: number[] = [];
    second.on("settled", () => ended.push(Date.now() - began));
    expect((await outcomeOf(second)).kind).toBe("timedOut");
    expect(starts()).toBe(1);
    expect(ended[0]).toBeGreaterThanOrEqual(539_990);
    expect(ended[0]).toBeLessThan(540_010);
  });

  it("kept before the answer of the start came, searches for the task and never starts again", async () => {
    const tasks: Task[] = [];
    const source = listingSource(() => tasks, scriptedSource({ "t-1": ["COMPLETE"] }));
    let starts = 0;
    const start: TaskStart = () => {
      starts++;
      tasks.push(listed("t-1"));
      return new Promise(() => {});
    };
    const first = runTask(start, { source, taskType: TYPE });
    const kept: RunCheckpoint[] = [];
    first.on("starting", () => kept.push(keep(first)));
    await pass(1000);
    first.abandon();
    await first.outcome;
    const second = runTask(start, { source, taskType: TYPE, resume: kept[0] as RunCheckpoint });
    expect(await outcomeOf(second)).toMatchObject({ kind: "complete", task: { taskId: "t-1" } });
    expect(starts).toBe(1);
  });

  it("goes on counting attempts, and does not adopt the task of an earlier one", async () => {
    const { source, start, starts } = service([[busy], [busy], ["COMPLETE"]]);
    const first = runTask(start, { source, attempts: 2 });
    const kept: RunCheckpoint[] = [];
    first.on("again", () => kept.push(keep(first)));
    await outcomeOf(first);
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatchObject({ attempt: 2, earlier: ["t-1"] });
    const again = runTask(start, { source, attempts: 2, resume: kept[0] as RunCheckpoint });
    expect((await outcomeOf(again)).kind).toBe("complete");
    expect(starts()).toBe(3);
  });

  it("of a run whose start was refused starts again: there is no task to search for", async () => {
    const { source, start, starts } = service([["COMPLETE"]]);
    const denied = new BdrcApiError("no", { httpStatus: 403, apiCode: "NoPermission" });
    const first = runTask(() => Promise.reject(denied), { source, taskType: TYPE });
    expect((await outcomeOf(first)).kind).toBe("denied");
    const second = runTask(start, { source, taskType: TYPE, resume: keep(first) });
    expect((await outcomeOf(second)).kind).toBe("complete");
    expect(starts()).toBe(1);
  });

  it("of a run whose start has become unclear never starts again", async () => {
    const { source, start, starts } = service([["COMPLETE"]]);
    const unclear = new UnreachableError("reset");
    const first = runTask(() => Promise.reject(unclear), { source });
    expect((await outcomeOf(first)).kind).toBe("startUnknown");
    const second = runTask(start, { source, resume: keep(first) });
    expect((await outcomeOf(second)).kind).toBe("startUnknown");
    expect(starts()).toBe(0);
  });

  it("is refused before any call with a start of another type, whether or not there is a task", async () => {
    const { source, start, starts } = service([["RUNNING"]]);
    const list = vi.fn(async () => ({ tasks: [] }));
    const describe = vi.spyOn(source, "describe");
    const run = runTask(start, { source, taskType: TYPE });
    void run.outcome;
    const before = run.checkpoint();
    await pass(1000);
    const after = run.checkpoint();
    run.abandon();
    describe.mockClear();
    for (const resume of [before, { ...before, sentAtMs: Date.now() }, after]) {
      const other = { source: { ...source, list }, resume: JSON.parse(JSON.stringify(resume)) };
      expect(() => runTask(start, { ...other, taskType: "UPDATE_RESOURCES" })).toThrow(
        'runTask: resume: the checkpoint is of a start of type "CHECK_RULES", this one is of type "UPDATE_RESOURCES"',
      );
      expect(() =>
        runTask(
          Object.assign(() => start(CONTEXT), { taskType: "OTHER" }),
          other,
        ),
      ).toThrow(/of type "OTHER"/);
    }
    await pass(60_000);
    expect([starts(), list.mock.calls.length, describe.mock.calls.length]).toEqual([1, 0, 0]);
  });

  it("tells the type to a start without one, and takes one from a start where it has none", async () => {
    const { source, start } = service([["COMPLETE"]]);
    const { taskType, ...earlier } = runTask(start, { source, taskType: TYPE }).checkpoint();
    expect(taskType).toBe(TYPE);
    const unclear: RunCheckpoint = { ...earlier, sentAtMs: Date.now() };
    const listing = listingSource(() => [listed("t-1")], source);
    const untyped = runTask(start, { source: listing, resume: { ...unclear, taskType: TYPE } });
    expect(await outcomeOf(untyped)).toMatchObject({ kind: "complete", task: { taskId: "t-1" } });
    const typed = runTask(start, { source: listing, taskType: TYPE, resume: unclear });
    expect(typed.checkpoint().taskType).toBe(TYPE);
    typed.abandon();
    await typed.outcome;
  });

  it("of a run that has ended ends the same way, without a start or a poll", async () => {
    const { source, start, starts } = service([["COMPLETE"]]);
    const run = runTask(start, { source });
    await outcomeOf(run);
    const calls = source.calls.length;
    expect((await outcomeOf(runTask(start, { source, resume: keep(run) }))).kind).toBe("complete");
    expect(starts()).toBe(1);
    expect(source.calls.length).toBe(calls);
  });
});

describe("the options of runTask", () => {
  const { source, start } = service([]);
  it.each([
    ["start must be a function", "nothing", {}],
    ["attempts must be a whole number from 1 to 100, got 0", start, { attempts: 0 }],
    ["attempts must be a whole number", start, { attempts: 1.5 }],
    ["isOurs must be a function", start, { isOurs: 1 }],
    ["timeoutMs must be more than 0", start, { timeoutMs: 0 }],
    ["resume: not a checkpoint of a run", start, { resume: {} }],
    ["reads checkpoints of version 1, got version 9", start, { resume: { version: 9 } }],
    ["justStarted", start, { justStarted: true }],
  ])("are refused at once: %s", (message, badStart, options) => {
    const call = () => runTask(badStart as never, { source, ...(options as object) });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(message);
  });
});
