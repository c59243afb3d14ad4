import { describe, expect, it } from "vitest";
import { type GroupProgressEvent, InvalidOptionError, waitForTasks } from "../../src/index.ts";
import { type Script, scriptedSource } from "../../src/testing/index.ts";
import { expectNothingLeft, flush, HOUR_MS, makeWaiter, pass, useFakeTime } from "./fake-time.ts";

useFakeTime();

function start(scripts: Record<string, Script>, options: object = {}) {
  const source = scriptedSource(scripts);
  const waiter = makeWaiter(source);
  const group = waitForTasks(Object.keys(scripts), { waiter, ...options });
  // Tests read the end long after it came; until then somebody has to have heard it.
  group.catch(() => {});
  return { source, waiter, group };
}

function running(durationMs: number, end: "COMPLETE" | "FAILED" = "COMPLETE"): Script {
  return { durationMs, end, progress: (fraction) => 10_000 * fraction };
}

describe("waitForTasks", () => {
  it("resolves with the tasks in the order of the ids, however they end", async () => {
    const { group, waiter } = start({ "t-1": running(90_000), "t-2": running(1000), "t-3": running(30_000) });
    await pass(HOUR_MS);
    expect((await group).map(({ taskId }) => taskId)).toEqual(["t-1", "t-2", "t-3"]);
    expectNothingLeft(waiter);
  });

  it("iterates over the endings in the order in which they come", async () => {
    const { group } = start({
      "t-1": running(90_000),
      "t-2": running(1000, "FAILED"),
      "t-3": running(30_000),
    });
    const endings = (async () => {
      const seen: string[] = [];
      for await (const { taskId, outcome, wait } of group) {
        seen.push(`${taskId} ${outcome.kind} ${wait.taskId}`);
      }
      return seen;
    })();
    await pass(HOUR_MS);
    expect(await endings).toEqual(["t-2 failed t-2", "t-3 complete t-3", "t-1 complete t-1"]);
  });

  it("rejects only after all have ended, with the error of the first, in the ids' order, that did not complete", async () => {
    const { group } = start({
      "t-1": running(60_000),
      "t-2": running(120_000, "FAILED"),
      "t-3": running(1000, "FAILED"),
    });
    let reason: unknown;
    group.catch((error: unknown) => {
      reason = error;
    });
    await pass(100_000);
    expect(reason).toBeUndefined();
    await pass(HOUR_MS);
    expect(reason).toMatchObject({ code: "TASK_FAILED", taskId: "t-2" });
  });

  it("one that fails hides none of the others", async () => {
    const { group } = start({
      "t-1": ["denied"],
      "t-2": running(1000),
      "t-3": ["FAILED"],
      "t-4": ["notFound"],
    });
    await pass(HOUR_MS);
    const outcomes = await group.outcomes;
    expect(outcomes.map(({ kind }) => kind)).toEqual(["denied", "complete", "failed", "notFound"]);
  });

  it("with failFast, the first that does not complete ends the others, and the group rejects with its error", async () => {
    const scripts = { "t-1": running(600_000), "t-2": running(1000), "t-3": running(60_000, "FAILED") };
    const { group, waiter } = start(scripts, { failFast: true });
    await pass(90_000);
    expect((await group.outcomes).map(({ kind }) => kind)).toEqual(["aborted", "complete", "failed"]);
    await expect(group).rejects.toMatchObject({ code: "TASK_FAILED", taskId: "t-3" });
    expectNothingLeft(waiter);
  });

  it("with failFast, resolves when all complete", async () => {
    const { group } = start({ "t-1": running(90_000), "t-2": running(1000) }, { failFast: true });
    await pass(HOUR_MS);
    expect(await group).toHaveLength(2);
  });

  it.each([[1], ["yes"], [null]])("refuses %j for failFast", (failFast) => {
    expect(() => start({ "t-1": running(1000) }, { failFast })).toThrow(
      /^waitForTasks: failFast must be true or false/,
    );
  });

  it("shares one signal: an abort ends all that are left, and leaves those that have ended", async () => {
    const controller = new AbortController();
    const scripts = { "t-1": running(1000), "t-2": running(600_000), "t-3": running(600_000) };
    const { group, waiter } = start(scripts, { signal: controller.signal });
    await pass(60_000);
    const reason = new Error("enough");
    controller.abort(reason);
    await flush();
    await expect(group).rejects.toBe(reason);
    expect((await group.outcomes).map(({ kind }) => kind)).toEqual(["complete", "aborted", "aborted"]);
    expectNothingLeft(waiter);
  });

  it("abandon() ends all that are left", async () => {
    const { group, waiter } = start({ "t-1": running(1000), "t-2": running(600_000) });
    await pass(60_000);
    group.abandon(new Error("enough"));
    await flush();
    await expect(group).rejects.toThrow("enough");
    expectNothingLeft(waiter);
  });

  it("has one deadline for each, from the common beginning: it is not the sum", async () => {
    const scripts = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`t-${index}`, ["RUNNING"] as Script]),
    );
    const { group } = start(scripts, { timeout: "1m" });
    await pass(60_000 + 2);
    expect((await group.outcomes).every(({ kind }) => kind === "timedOut")).toBe(true);
    await expect(group).rejects.toMatchObject({ code: "WAIT_TIMEOUT", taskId: "t-0" });
  });

  it("tells the group's progress: never backwards over endings, 100 at the end", async () => {
    const { group } = start({
      "t-1": running(30_000),
      "t-2": running(60_000, "FAILED"),
      "t-3": ["RUNNING", "COMPLETE"],
    });
    const heard: GroupProgressEvent[] = [];
    group.on("groupProgress", (event) => heard.push(event));
    group.outcomes;
    await pass(HOUR_MS);
    expect(heard.at(-1)).toEqual({ total: 3, settled: 3, complete: 2, percent: 100 });
    expect(heard.every(({ total, percent }) => total === 3 && percent >= 0 && percent <= 100)).toBe(true);
    const settled = heard.map((event) => event.settled);
    expect(settled).toEqual([...settled].sort((a, b) => a - b));
  });

  it("tells the events of its members, with the wait", async () => {
    const { group } = start({ "t-1": ["COMPLETE"], "t-2": ["FAILED"] });
    const heard: string[] = [];
    group.on("complete", (task, wait) => heard.push(`complete ${task.taskId} ${wait.taskId}`));
    group.on("failed", (error, wait) => heard.push(`failed ${error.taskId} ${wait.taskId}`));
    group.once("settled", (outcome, wait) => heard.push(`settled ${outcome.kind} ${wait.taskId}`));
    await pass(1000);
    expect(heard.sort()).toEqual(["complete t-1 t-1", "failed t-2 t-2", "settled complete t-1"]);
    expect(group.waits.map(({ taskId }) => taskId)).toEqual(["t-1", "t-2"]);
  });

  it("an id that is there twice costs no more than once, and is told twice", async () => {
    const source = scriptedSource({ "t-1": ["RUNNING", "COMPLETE"] });
    const group = waitForTasks(["t-1", "t-1"], { waiter: makeWaiter(source) });
    await pass(HOUR_MS);
    expect(await group).toHaveLength(2);
    expect(source.calls).toHaveLength(2);
  });

  it("takes any iterable of ids", async () => {
    const waiter = makeWaiter(scriptedSource({}, { otherwise: ["COMPLETE"] }));
    const group = waitForTasks(new Set(["t-1", "t-2"]), { waiter });
    await pass(1000);
    expect(await group).toHaveLength(2);
  });

  const BAD: [string, unknown, object, RegExp][] = [
    ["no ids", [], {}, /at least one id/],
    ["one string, which is iterable too", "t-1", {}, /taskIds must be a list of ids.*"t-1"/],
    ["nothing", undefined, {}, /taskIds must be a list/],
    ["a bad id among good ones", ["t-1", "a/b"], {}, /taskId must.*"a\/b"/],
    ["an unknown option", ["t-1"], { paralel: 3 }, /waitForTasks: unknown option "paralel"/],
    ["a bad option", ["t-1"], { timeoutMs: -1 }, /timeoutMs/],
    ["resume, which is for one", ["t-1"], { resume: {} }, /resume/],
  ];

  it.each(BAD)("refuses bad input before any wait begins: %s", async (_, ids, options, message) => {
    const source = scriptedSource({}, { otherwise: ["COMPLETE"] });
    const waiter = makeWaiter(source);
    const call = () => waitForTasks(ids as string[], { waiter, ...options });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(message);
    await flush();
    expect(source.calls).toHaveLength(0);
    expectNothingLeft(waiter);
  });
});
