import { describe, expect, it } from "vitest";
import type { Task, TaskWait } from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { flush, HOUR_MS, ID, makeWaiter, pass, useFakeTime } from "./fake-time.ts";

useFakeTime();

async function readAll(wait: TaskWait, pauseMs = 0): Promise<Task[]> {
  const tasks: Task[] = [];
  for await (const task of wait) {
    tasks.push(task);
    if (pauseMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return tasks;
}

function brief(tasks: readonly Task[]): string[] {
  return tasks.map(({ taskStatus, progress }) => `${taskStatus} ${progress}`);
}

const STEPS = [
  { status: "CREATED", progress: 0 },
  { status: "CREATED", progress: 0 },
  { status: "RUNNING", progress: 0 },
  { status: "RUNNING", progress: 5000 },
  { status: "RUNNING", progress: 5000 },
] as const;

describe("a wait as an async iterator", () => {
  it("gives the task at every change of status or progress, the last one too, and ends", async () => {
    const source = scriptedSource({ [ID]: [...STEPS, { status: "COMPLETE", progress: 10_000 }] });
    const read = readAll(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    expect(brief(await read)).toEqual(["CREATED 0", "RUNNING 0", "RUNNING 5000", "COMPLETE 10000"]);
  });

  it.each(["FAILED", "EXPIRED", "CANCELED"])("ends without throwing when the task is %s", async (status) => {
    const source = scriptedSource({ [ID]: [...STEPS, { status, progress: 5000 }] });
    const wait = makeWaiter(source).wait(ID);
    const read = readAll(wait);
    await pass(HOUR_MS);
    expect(brief(await read).at(-1)).toBe(`${status} 5000`);
    expect((await wait.outcome).kind).not.toBe("complete");
  });

  it("ends when the wait is aborted, times out or can't go on", async () => {
    const source = scriptedSource({ "t-1": ["RUNNING"], "t-2": ["RUNNING"], "t-3": ["denied"] });
    const waiter = makeWaiter(source);
    const waits = [waiter.wait("t-1"), waiter.wait("t-2", { timeout: "1m" }), waiter.wait("t-3")];
    const reads = waits.map((wait) => readAll(wait));
    await pass(30_000);
    waits[0]?.abandon();
    await pass(60_000);
    expect((await Promise.all(reads)).map((tasks) => tasks.length)).toEqual([1, 1, 0]);
  });

  it("gives a slow reader the newest, and does not wait for it", async () => {
    const progress = (fraction: number) => 10_000 * fraction;
    const source = scriptedSource({ [ID]: { durationMs: 100_000, progress } });
    const wait = makeWaiter(source).wait(ID, { maxInterval: "1s" });
    const read = readAll(wait, 30_000);
    await pass(100_000 + 5000);
    expect((await wait.outcome).kind).toBe("complete");
    await pass(HOUR_MS);
    const tasks = await read;
    expect(tasks.length).toBeLessThanOrEqual(6);
    expect(tasks.at(-1)?.taskStatus).toBe("COMPLETE");
  });

  it("begins with the task as it was last seen, for a reader that comes late", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] })).wait(ID);
    await pass(5000);
    const first = await wait[Symbol.asyncIterator]().next();
    expect(first.value).toBe(wait.latest);
    wait.abandon();
  });

  it("gives a reader that comes after the end the last task, and ends", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["COMPLETE"] })).wait(ID);
    await flush();
    expect(brief(await readAll(wait))).toEqual(["COMPLETE undefined"]);
  });

  it("can be read by several, each in its own time", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: [...STEPS, "COMPLETE"] })).wait(ID);
    const [one, two] = [readAll(wait), readAll(wait)];
    await pass(HOUR_MS);
    expect(await one).toEqual(await two);
  });

  it("leaving the loop does not end the wait", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: [...STEPS, "COMPLETE"] })).wait(ID);
    const left = (async () => {
      for await (const task of wait) {
        return task;
      }
      return undefined;
    })();
    await pass(HOUR_MS);
    expect((await left)?.taskStatus).toBe("CREATED");
    expect((await wait).taskStatus).toBe("COMPLETE");
  });

  it("answers several next() calls in the order in which they were made", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["CREATED", "RUNNING", "COMPLETE"] })).wait(ID);
    const iterator = wait[Symbol.asyncIterator]();
    const nexts = [iterator.next(), iterator.next(), iterator.next(), iterator.next()];
    await pass(HOUR_MS);
    const results = await Promise.all(nexts);
    expect(results.map(({ value }) => value?.taskStatus)).toEqual([
      "CREATED",
      "RUNNING",
      "COMPLETE",
      undefined,
    ]);
    expect(results.map(({ done }) => done)).toEqual([false, false, false, true]);
  });

  it("keeps to its end once it is there", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["COMPLETE"] })).wait(ID);
    const iterator = wait[Symbol.asyncIterator]();
    await flush();
    await iterator.next();
    expect((await iterator.next()).done).toBe(true);
    expect((await iterator.next()).done).toBe(true);
    expect((await iterator.return?.())?.done).toBe(true);
  });
});
