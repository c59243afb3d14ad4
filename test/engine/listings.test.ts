import { describe, expect, it, vi } from "vitest";
import { BdrcApiError, type Task, type TaskPage, type TaskSource } from "../../src/index.ts";
import { expectNothingLeft, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

const COUNT = 50;
const ids = Array.from({ length: COUNT }, (_, index) => `t-${index}`);

/** An account whose tasks end at 10 s; `list` is as the test wants it. */
function account(
  list: (query: Parameters<NonNullable<TaskSource["list"]>>[0], show: () => Task[]) => TaskPage,
) {
  const beganMs = performance.now();
  const calls = { describe: 0, list: 0 };
  const task = (taskId: string): Task => ({
    taskId,
    taskStatus: performance.now() - beganMs >= 10_000 ? "COMPLETE" : "RUNNING",
  });
  const source: TaskSource = {
    describe: async (taskId) => {
      calls.describe++;
      return task(taskId);
    },
    list: async (query) => {
      calls.list++;
      const isAsked = ({ taskStatus }: Task): boolean => (query.taskStatus ?? taskStatus) === taskStatus;
      return list(query, () => ids.map(task).filter(isAsked));
    },
  };
  return { source, calls };
}

async function waitForAll(source: TaskSource, batch: "auto" | "always" | "never" = "auto") {
  const waiter = makeWaiter(source, { batch });
  const warnings: string[] = [];
  waiter.on("warning", ({ code }) => warnings.push(code));
  const seen = ids.map((id) => record(waiter.wait(id)));
  await pass(600_000);
  return { waiter, seen, warnings };
}

describe("listings", () => {
  it("take the place of most single polls where many tasks are tracked", async () => {
    const { source, calls } = account((_, show) => ({ tasks: show() }));
    const { waiter, seen } = await waitForAll(source);
    expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
    const single = account((_, show) => ({ tasks: show() }));
    await waitForAll(single.source, "never");
    expect(calls.describe + calls.list).toBeLessThan(single.calls.describe / 2);
    expect(waiter.stats()).toMatchObject({ polls: calls.describe, listings: calls.list });
    expectNothingLeft(waiter);
  });

  it("never make Node warn of leaking listeners, however many hang at once", async () => {
    const warned = vi.spyOn(process, "emitWarning");
    const lastsMs = 600_000;
    const source: TaskSource = {
      describe: async (taskId) => ({
        taskId,
        taskStatus: performance.now() - beganMs >= lastsMs ? "COMPLETE" : "RUNNING",
      }),
    };
    const beganMs = performance.now();
    let hanging = 0;
    let most = 0;
    const list: TaskSource["list"] = (_, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        most = Math.max(most, ++hanging);
        signal?.addEventListener("abort", () => {
          hanging--;
          reject(signal.reason);
        });
      });
    const options = { batch: "always", rate: { perSecond: 100 }, pollTimeoutMs: lastsMs } as const;
    const waiter = makeWaiter({ ...source, list }, options);
    const seen = ids.map((id) => record(waiter.wait(id)));
    await pass(2 * lastsMs);
    expect(most).toBeGreaterThan(10);
    expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
    expect(hanging).toBe(0);
    expect(warned).not.toHaveBeenCalled();
    expectNothingLeft(waiter);
  });

  it("are not made when the user says never, and nothing is lost", async () => {
    const { source, calls } = account((_, show) => ({ tasks: show() }));
    const { seen } = await waitForAll(source, "never");
    expect(calls.list).toBe(0);
    expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
  });

  it.each([
    [
      "repeats its NextToken forever",
      (show: () => Task[]): TaskPage => ({ tasks: show(), nextToken: "again" }),
    ],
    [
      "always has another page, with nothing on it",
      (() => {
        let page = 0;
        return (): TaskPage => ({ tasks: [], nextToken: `page-${page++}` });
      })(),
    ],
    ["shows none of the tasks", (): TaskPage => ({ tasks: [] })],
    [
      "shows each task three times",
      (show: () => Task[]): TaskPage => ({ tasks: [...show(), ...show(), ...show()] }),
    ],
    [
      "shows a thousand foreign tasks a page, which have all failed",
      (): TaskPage => ({
        tasks: Array.from({ length: 1000 }, (_, index) => ({ taskId: `f-${index}`, taskStatus: "FAILED" })),
      }),
    ],
    ["has no tasks in its answer", (): TaskPage => ({}) as TaskPage],
  ])("change no outcome when the service %s", async (_, page) => {
    const { source, calls } = account((_query, show) => page(show));
    const { waiter, seen } = await waitForAll(source);
    expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
    expect(Math.max(...seen.map(({ settledAfterMs = Infinity }) => settledAfterMs))).toBeLessThan(60_000);
    expect(calls.list).toBeLessThan(2000);
    expectNothingLeft(waiter);
  });

  it("are given up with one warning when the service refuses them, and each task is polled singly", async () => {
    const { source, calls } = account(() => {
      throw new BdrcApiError("not authorized", { httpStatus: 403, apiCode: "NoPermission" });
    });
    const { seen, warnings } = await waitForAll(source);
    expect(calls.list).toBe(1);
    expect(warnings).toEqual(["LISTING_REFUSED"]);
    expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
  });

  it("slow down and go on when they are throttled", async () => {
    let refused = 0;
    const { source } = account((_, show) => {
      if (refused++ < 3) {
        throw new BdrcApiError("flow control", { httpStatus: 400, apiCode: "Throttling.User" });
      }
      return { tasks: show() };
    });
    const { waiter, seen } = await waitForAll(source);
    expect(waiter.stats().throttled).toBe(3);
    expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
  });

  it("only ever make a task that they lack be polled: one that moved between pages is not lost", async () => {
    let page = 0;
    const { source } = account((_, show) => ({
      tasks: show().filter((_task, index) => (index + page++) % 3 > 0),
    }));
    const { seen } = await waitForAll(source);
    expect(seen.every(({ outcome }) => outcome?.kind === "complete")).toBe(true);
  });
});
