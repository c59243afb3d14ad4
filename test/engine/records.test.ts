import { afterEach, describe, expect, it, vi } from "vitest";
import { TaskGroupWait } from "../../src/engine/wait/group-wait.ts";
import {
  BdrcApiError,
  type RunEventRecord,
  runTask,
  toEventRecord,
  type WaitEvent,
  type WaitEventRecord,
  waitEventRecordSchema,
} from "../../src/index.ts";
import { WAIT_EVENT_NAMES } from "../../src/task/wait-events.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { EVENTFUL } from "./endings.ts";
import { flush, HOUR_MS, ID, makeWaiter, pass, useFakeTime } from "./fake-time.ts";

useFakeTime();
afterEach(() => {
  vi.restoreAllMocks();
});

const busy = { status: "FAILED", errorMessage: "too many requests." } as const;

async function readAll<Rec>(records: AsyncIterable<Rec>): Promise<Rec[]> {
  const read: Rec[] = [];
  for await (const record of records) {
    read.push(record);
  }
  return read;
}

const namesOf = (records: readonly { readonly event: string }[]): string[] =>
  records.map(({ event }) => event);

describe("the records of a wait", () => {
  it("are its events, all of them and in order, as lines of --output jsonl", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: EVENTFUL })).wait(ID);
    const told: WaitEventRecord[] = [];
    for (const name of WAIT_EVENT_NAMES) {
      wait.on(name, (payload: unknown) =>
        told.push(toEventRecord({ name, payload } as WaitEvent, ID, Date.now())),
      );
    }
    const reading = readAll(wait.records());
    await pass(HOUR_MS);
    const records = await reading;
    expect(records).toEqual(told);
    expect(namesOf(records).slice(-2)).toEqual(["complete", "settled"]);
    expect(new Set(namesOf(records))).toEqual(
      new Set(["poll", "status", "progress", "warning", "retry", "throttled", "complete", "settled"]),
    );
    for (const record of records) {
      expect(waitEventRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    }
  });

  it("wait for a reader that is slow: it gets every one", async () => {
    let progress = 0;
    const source = {
      describe: async (taskId: string) => ({
        taskId,
        taskStatus: ++progress < 2000 ? "RUNNING" : "COMPLETE",
        progress,
      }),
    };
    const wait = makeWaiter(source).wait(ID, { maxIntervalMs: 200 });
    const records = wait.records();
    const first = await Promise.all([records.next(), pass(1)]);
    await pass(HOUR_MS);
    await wait;
    const rest = await readAll(records);
    const polls = rest.filter(({ event }) => event === "poll").length;
    expect([first[0].value?.event, polls]).toEqual(["poll", 1999]);
    expect(namesOf(rest).slice(-2)).toEqual(["complete", "settled"]);
  });

  it("are read by several readers, each at its pace; one that leaves ends nothing", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: EVENTFUL })).wait(ID);
    const all = readAll(wait.records());
    const leaver = (async () => {
      for await (const { event } of wait.records()) {
        return event;
      }
      return undefined;
    })();
    await pass(HOUR_MS);
    expect(await leaver).toBe("poll");
    expect(namesOf(await all).at(-1)).toBe("settled");
  });

  it("begin where a late reader comes; after the end they are the last two", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["RUNNING", "RUNNING", "FAILED"] })).wait(ID);
    await pass(1);
    const late = readAll(wait.records());
    let inListener: Promise<WaitEventRecord[]> | undefined;
    wait.on("failed", () => {
      inListener = readAll(wait.records());
    });
    await pass(HOUR_MS);
    expect(namesOf(await late)).toEqual(["poll", "poll", "status", "failed", "settled"]);
    expect(namesOf(await (inListener ?? []))).toEqual(["settled"]);
    const [failed, settled, ...more] = await readAll(wait.records());
    expect(more).toEqual([]);
    expect(failed).toMatchObject({ event: "failed", taskId: ID, error: { code: "TASK_FAILED" } });
    expect(settled).toMatchObject({ event: "settled", outcome: "failed", task: { taskStatus: "FAILED" } });
  });

  it("are told of an end by anything that can be thrown", async () => {
    const hostile = Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("gotcha");
      },
    });
    for (const reason of [Object.create(null), hostile, Symbol("s"), 0]) {
      const wait = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] })).wait(ID);
      const reading = readAll(wait.records());
      await pass(1);
      wait.abandon(reason);
      await flush();
      expect(namesOf(await reading)).toEqual(["poll", "status", "aborted", "settled"]);
      expect(await wait.outcome).toEqual(expect.objectContaining({ kind: "aborted", error: reason }));
    }
  });

  it("count as another way to observe the end: the promise's rejection is silent", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const reading = readAll(
      makeWaiter(scriptedSource({ [ID]: ["FAILED"] }))
        .wait(ID)
        .records(),
    );
    await pass(10);
    await reading;
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("the records of a group", () => {
  it("are those of its waits, in the order in which they were told", async () => {
    const source = scriptedSource({
      "t-1": ["RUNNING", "RUNNING", "RUNNING", "FAILED"],
      "t-2": ["RUNNING", "COMPLETE"],
    });
    const waiter = makeWaiter(source);
    const waits = ["t-1", "t-2"].map((id) => waiter.wait(id));
    const told: string[] = [];
    for (const name of WAIT_EVENT_NAMES) {
      waiter.on(name, (_, wait) => told.push(`${wait.taskId} ${name}`));
    }
    const group = new TaskGroupWait(waits);
    const reading = readAll(group.records());
    let midway: Promise<WaitEventRecord[]> | undefined;
    void waits[1]?.outcome.then(() => {
      midway = readAll(group.records());
    });
    await pass(HOUR_MS);
    const briefOf = (records: readonly WaitEventRecord[]) =>
      records.map(({ taskId, event }) => `${taskId} ${event}`);
    expect(briefOf(await reading)).toEqual(told);
    expect(briefOf(await (midway ?? []))).toEqual([
      "t-2 complete",
      "t-2 settled",
      "t-1 poll",
      "t-1 poll",
      "t-1 status",
      "t-1 failed",
      "t-1 settled",
    ]);
    expect(briefOf(await readAll(group.records()))).toHaveLength(4);
  });
});

describe("the records of a run", () => {
  it("span its attempts: its starts, its waits' events, and its end", async () => {
    const source = scriptedSource({ "t-1": [busy], "t-2": ["RUNNING", "COMPLETE"] });
    let starts = 0;
    const run = runTask(async () => ({ taskId: `t-${++starts}` }), { source });
    const reading = readAll(run.records());
    await pass(HOUR_MS);
    const records = await reading;
    expect(records.map(({ attempt, event, taskId }) => `${attempt} ${event} ${taskId ?? "-"}`)).toEqual([
      "1 starting -",
      "1 started t-1",
      "1 poll t-1",
      "1 status t-1",
      "1 again t-1",
      "2 starting -",
      "2 started t-2",
      "2 poll t-2",
      "2 status t-2",
      "2 poll t-2",
      "2 status t-2",
      "2 complete t-2",
      "2 settled t-2",
    ]);
    expect(records[4]).toMatchObject({ error: { code: "TASK_FAILED", retryable: true } });
    const ofWaits = records.filter(({ event }) => event === "poll" || event === "settled");
    for (const record of ofWaits) {
      expect(waitEventRecordSchema.safeParse(record).success).toBe(true);
    }
    expect(JSON.parse(JSON.stringify(records))).toEqual(records);
    expect(namesOf(await readAll(run.records()))).toEqual(["complete", "settled"]);
  });

  it("tell of a start that was refused, which has no task", async () => {
    const run = runTask(
      async () => {
        throw new BdrcApiError("no such resource", { httpStatus: 400, apiCode: "InvalidParameter" });
      },
      { source: scriptedSource() },
    );
    const reading: Promise<RunEventRecord[]> = readAll(run.records());
    await pass(HOUR_MS);
    const records = await reading;
    expect(namesOf(records)).toEqual(["starting", "notStarted", "settled"]);
    expect(records.at(-1)).toMatchObject({
      attempt: 1,
      outcome: "notStarted",
      error: { message: "no such resource" },
    });
    expect(records.at(-1)).not.toHaveProperty("taskId");
  });
});
