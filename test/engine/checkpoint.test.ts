import { describe, expect, it } from "vitest";
import { InvalidOptionError, type TaskWaiter, type WaitCheckpoint } from "../../src/index.ts";
import { type Script, scriptedSource } from "../../src/testing/index.ts";
import { ENDINGS } from "./endings.ts";
import {
  expectNothingLeft,
  flush,
  HOUR_MS,
  ID,
  makeWaiter,
  pass,
  record,
  TICK_MS,
  useFakeTime,
} from "./fake-time.ts";

useFakeTime();

/** What another process would get. */
function carried(checkpoint: WaitCheckpoint): WaitCheckpoint {
  return JSON.parse(JSON.stringify(checkpoint));
}

function resume(waiter: TaskWaiter, checkpoint: WaitCheckpoint, options: object = {}) {
  return waiter.wait(ID, { resume: carried(checkpoint), ...options });
}

const TIMED: [string, Script, string][] = [
  ["completes", { durationMs: 600_000, progress: (fraction) => fraction * 10_000 }, "complete"],
  ["fails", { durationMs: 600_000, end: "FAILED", fields: { errorMessage: "full" } }, "failed"],
  ["expires", { durationMs: 600_000, end: "EXPIRED" }, "expired"],
  ["outlives the deadline", { durationMs: 10 * HOUR_MS }, "timedOut"],
  ["is not known", () => "notFound", "notFound"],
  ["can't be seen", () => "unreachable", "unreachable"],
];

describe("a checkpoint", () => {
  it("is plain JSON with a version, and says whose it is", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: [{ status: "RUNNING", taskDetail: '{"a":[1]}' }] })).wait(
      ID,
    );
    record(wait);
    await pass(10_000);
    const checkpoint = wait.checkpoint();
    expect(carried(checkpoint)).toEqual(checkpoint);
    expect(checkpoint).toMatchObject({ version: 2, taskId: ID, task: { detail: { a: [1] } } });
    wait.abandon();
  });

  it("is a copy: what is done to it does nothing to the wait", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["RUNNING", "RUNNING", "COMPLETE"] })).wait(ID);
    const seen = record(wait);
    await flush();
    const checkpoint = wait.checkpoint();
    Object.assign(checkpoint, { deadlineMs: 0, nextPollAtMs: Number.NaN });
    Object.assign(checkpoint.task ?? {}, { taskStatus: "FAILED" });
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(seen.of("status")).toHaveLength(2);
  });

  it("can be had before the first poll, and resumed", async () => {
    const waiter = makeWaiter(scriptedSource({ [ID]: ["COMPLETE"] }));
    const wait = waiter.wait(ID, { timeout: "1m" });
    const checkpoint = wait.checkpoint();
    wait.abandon();
    record(wait);
    const seen = record(resume(waiter, checkpoint));
    await flush();
    expect(seen.outcome?.kind).toBe("complete");
  });

  describe.each(TIMED)("a wait whose task %s", (_, script, kind) => {
    it.each([0, 1, 999, 5000, 29_000, 200_000])(
      "ends the same way when it is stopped and resumed at %i ms",
      async (stopMs) => {
        const source = scriptedSource({ [ID]: script });
        const options = { timeout: "2h" };
        const whole = record(makeWaiter(source).wait(ID, options));
        const first = makeWaiter(source);
        const stopped = first.wait(ID, options);
        record(stopped);
        await pass(stopMs);
        const checkpoint = stopped.checkpoint();
        await first.close();
        const seen = record(resume(makeWaiter(source), checkpoint));
        await pass(3 * HOUR_MS);
        expect(whole.outcome?.kind).toBe(kind);
        expect(seen.outcome?.kind).toBe(kind);
        if (kind === "timedOut") {
          expect(stopMs + (seen.settledAfterMs ?? 0)).toBeGreaterThanOrEqual(2 * HOUR_MS);
          expect(stopMs + (seen.settledAfterMs ?? 0)).toBeLessThanOrEqual(2 * HOUR_MS + TICK_MS);
        }
      },
    );
  });

  it.each(ENDINGS.filter(({ kind }) => kind !== "aborted"))(
    "of a wait that ended by $how ends again the same way, without a call",
    async ({ kind, script, options, end }) => {
      const source = scriptedSource({ [ID]: script });
      const waiter = makeWaiter(source);
      const wait = waiter.wait(ID, options);
      const seen = record(wait);
      await end({ wait, waiter, controller: new AbortController() });
      const before = source.calls.length;
      const again = record(resume(waiter, wait.checkpoint()));
      await flush();
      expect(again.outcome?.kind).toBe(kind);
      expect(source.calls).toHaveLength(before);
      expect(again.names.filter((name) => name !== kind && name !== "settled")).toEqual([]);
      if (seen.outcome?.kind !== "complete") {
        const { code, message } = (seen.outcome as { error: { code: string; message: string } }).error;
        expect((again.outcome as { error: unknown }).error).toMatchObject({ code, message, taskId: ID });
      }
      expectNothingLeft(waiter);
    },
  );

  it.each(ENDINGS.filter(({ kind }) => kind === "aborted"))(
    "of a wait that ended by $how goes on",
    async ({ script, options, end }) => {
      const source = scriptedSource({ [ID]: script });
      const waiter = makeWaiter(source);
      const controller = new AbortController();
      const wait = waiter.wait(ID, { signal: controller.signal, ...options });
      record(wait);
      await end({ wait, waiter, controller });
      source.setScript(ID, ["COMPLETE"]);
      const again = record(resume(makeWaiter(source), wait.checkpoint()));
      await pass(HOUR_MS);
      expect(again.outcome?.kind).toBe("complete");
    },
  );

  it("keeps the original deadline, whatever timeout the resumed wait asks for", async () => {
    const source = scriptedSource({ [ID]: ["RUNNING"] });
    const wait = makeWaiter(source).wait(ID, { timeoutMs: 60_000 });
    record(wait);
    await pass(20_000);
    const seen = record(resume(makeWaiter(source), wait.checkpoint(), { timeout: "5h" }));
    wait.abandon();
    await pass(39_999);
    expect(seen.outcome).toBeUndefined();
    await pass(1 + TICK_MS);
    expect(seen.outcome?.kind).toBe("timedOut");
  });

  it("whose deadline is past polls once, and settles by what it sees", async () => {
    for (const [script, kind] of [
      [["COMPLETE"], "complete"],
      [["RUNNING"], "timedOut"],
      [["hang"], "timedOut"],
    ] as const) {
      const source = scriptedSource({ [ID]: ["RUNNING"] });
      const wait = makeWaiter(source).wait(ID, { timeoutMs: 60_000 });
      record(wait);
      await pass(20_000);
      const checkpoint = wait.checkpoint();
      wait.abandon();
      await pass(HOUR_MS);
      source.setScript(ID, script);
      const before = source.calls.length;
      const seen = record(resume(makeWaiter(source), checkpoint));
      await pass(10_000 + TICK_MS);
      expect(seen.outcome?.kind).toBe(kind);
      expect(source.calls).toHaveLength(before + 1);
    }
  });

  it("goes on counting: polls, failures and the time waited are those of the whole wait", async () => {
    const source = scriptedSource({ [ID]: ["unreachable", "RUNNING"] });
    const wait = makeWaiter(source).wait(ID, { timeout: "1h" });
    record(wait);
    await pass(20_000);
    const seen = record(resume(makeWaiter(source), wait.checkpoint()));
    wait.abandon();
    await pass(HOUR_MS);
    const { error } = seen.outcome as { error: { polls: number; failures: number; elapsedMs: number } };
    expect(error.polls).toBe(source.calls.length);
    expect(error.failures).toBe(1);
    expect(error.elapsedMs).toBeGreaterThanOrEqual(HOUR_MS);
  });

  it("tells only what is new: a status that was told is not told again", async () => {
    const source = scriptedSource({ [ID]: ["PAUSED", "PAUSED", "PAUSED", "COMPLETE"] });
    const wait = makeWaiter(source).wait(ID);
    record(wait);
    await flush();
    const checkpoint = wait.checkpoint();
    wait.abandon();
    const seen = record(resume(makeWaiter(source), checkpoint));
    await pass(HOUR_MS);
    expect(seen.of("warning")).toEqual([]);
    expect(seen.of("status")).toHaveLength(1);
  });

  it("is not poisoned by a passing fault: who goes on finds the task complete", async () => {
    const source = scriptedSource({
      [ID]: ["RUNNING", { error: new TypeError("fetch failed") }, "COMPLETE"],
    });
    const wait = makeWaiter(source).wait(ID);
    record(wait);
    await pass(2500);
    const checkpoint = wait.checkpoint();
    expect(checkpoint.failuresInARow).toBe(1);
    await pass(10 * HOUR_MS);
    const seen = record(resume(makeWaiter(source), checkpoint));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("time in which nobody polled is not held against the service", async () => {
    const source = scriptedSource({ [ID]: ["RUNNING", "unreachable", "unreachable", "COMPLETE"] });
    const wait = makeWaiter(source).wait(ID, { outageBudget: "5m" });
    record(wait);
    await pass(2500);
    const checkpoint = wait.checkpoint();
    wait.abandon();
    await pass(5 * HOUR_MS);
    const seen = record(resume(makeWaiter(source), checkpoint, { outageBudget: "5m" }));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
  });

  const GARBAGE: [string, (good: WaitCheckpoint) => unknown, RegExp][] = [
    ["another version", (good) => ({ ...good, version: 3 }), /versions 1 and 2, got version 3/],
    ["a version that is a string", (good) => ({ ...good, version: "1" }), /version/],
    ["another task's", (good) => ({ ...good, taskId: "t-other" }), /"t-other".*t-0000/],
    ["null", () => null, /resume: not a checkpoint/],
    ["a string", () => "{}", /resume: not a checkpoint/],
    ["a list", () => [], /resume: not a checkpoint/],
    ["an empty object", () => ({}), /resume: not a checkpoint/],
    ["without a deadline", ({ deadlineMs: _, ...rest }) => rest, /deadlineMs/],
    ["a deadline that is no number", (good) => ({ ...good, deadlineMs: "soon" }), /deadlineMs/],
    ["a deadline of NaN", (good) => ({ ...good, deadlineMs: Number.NaN }), /deadlineMs/],
    ["a deadline of Infinity", (good) => ({ ...good, deadlineMs: Number.POSITIVE_INFINITY }), /deadlineMs/],
    ["polls below 0", (good) => ({ ...good, polls: -1 }), /polls/],
    ["polls and a half", (good) => ({ ...good, polls: 1.5 }), /polls/],
    ["a task that is none", (good) => ({ ...good, task: { taskId: 5 } }), /task/],
    ["an end of an unknown kind", (good) => ({ ...good, ended: { kind: "lost", message: "" } }), /ended/],
    ["warnings without end", (good) => ({ ...good, warned: Array(10_000).fill("x") }), /warned/],
  ];

  it.each(GARBAGE)("that is garbage is refused, saying why: %s", async (_, spoil, message) => {
    const source = scriptedSource({ [ID]: ["RUNNING"] });
    const waiter = makeWaiter(source);
    const wait = waiter.wait(ID);
    record(wait);
    await flush();
    const good = carried(wait.checkpoint());
    wait.abandon();
    const options = { resume: spoil(good) as WaitCheckpoint };
    expect(() => waiter.wait(ID, options)).toThrow(InvalidOptionError);
    expect(() => waiter.wait(ID, options)).toThrow(message);
    expectNothingLeft(waiter);
  });
});
