import { describe, expect, it } from "vitest";
import { OUTCOME_KINDS } from "../../src/task/outcome.ts";
import { countedSignal, scriptedSource } from "../../src/testing/index.ts";
import { ENDINGS } from "./endings.ts";
import {
  expectNothingLeft,
  flush,
  HOUR_MS,
  ID,
  makeWaiter,
  manualSource,
  pass,
  record,
  useFakeTime,
} from "./fake-time.ts";

useFakeTime();

describe("W1: a wait settles exactly once, and leaves nothing behind", () => {
  it.each(ENDINGS)("when it ends by $how", async ({ kind, script, options, end }) => {
    const source = scriptedSource({ [ID]: script });
    const waiter = makeWaiter(source);
    const controller = countedSignal();
    const wait = waiter.wait(ID, { signal: controller.signal, ...options });
    const seen = record(wait);
    await end({ wait, waiter, controller });

    expect(seen.outcome?.kind).toBe(kind);
    expect(seen.results).toHaveLength(1);
    expect(seen.names.filter((name) => OUTCOME_KINDS.includes(name as never))).toEqual([kind]);
    expect(seen.names.at(-1)).toBe("settled");
    expect(seen.names.filter((name) => name === "settled")).toHaveLength(1);
    expect(await wait.outcome).toBe(seen.outcome);

    expectNothingLeft(waiter);
    expect(source.inFlight).toBe(0);
    expect(controller.listeners).toBe(0);
    const calls = source.calls.length;
    await pass(HOUR_MS);
    expect(source.calls).toHaveLength(calls);
    expect(seen.names.at(-1)).toBe("settled");
  });

  it.each(ENDINGS)("and nothing that comes later changes it: $how", async ({ script, options, end }) => {
    const source = scriptedSource({ [ID]: script });
    const waiter = makeWaiter(source);
    const controller = new AbortController();
    const wait = waiter.wait(ID, { signal: controller.signal, ...options });
    const seen = record(wait);
    await end({ wait, waiter, controller });
    const before = { outcome: seen.outcome, names: [...seen.names], checkpoint: wait.checkpoint() };

    controller.abort(new Error("late"));
    wait.abandon(new Error("later"));
    await waiter.close();
    source.setScript(ID, ["COMPLETE"]);
    await pass(48 * HOUR_MS);
    expect({ outcome: seen.outcome, names: seen.names, checkpoint: wait.checkpoint() }).toEqual(before);
    expect(seen.results).toHaveLength(1);
  });

  it("an answer that comes after the abort changes nothing, though the source was deaf to it", async () => {
    const source = manualSource();
    const waiter = makeWaiter(source);
    const wait = waiter.wait(ID);
    const seen = record(wait);
    await flush();
    wait.abandon(new Error("enough"));
    source.calls[0]?.answer({ taskId: ID, taskStatus: "COMPLETE" });
    await pass(HOUR_MS);
    expect(seen.names).toEqual(["aborted", "settled"]);
    expect(wait.latest).toBeUndefined();
    expectNothingLeft(waiter);
  });

  it("an answer that comes after the deadline changes nothing", async () => {
    const source = manualSource();
    const waiter = makeWaiter(source);
    const wait = waiter.wait(ID, { timeoutMs: 1000 });
    const seen = record(wait);
    await pass(1000 + 2);
    expect(seen.outcome?.kind).toBe("timedOut");
    source.calls[0]?.answer({ taskId: ID, taskStatus: "COMPLETE" });
    await pass(HOUR_MS);
    expect(seen.names).toEqual(["timedOut", "settled"]);
    expectNothingLeft(waiter);
  });

  it("an error that comes after the end is nobody's unhandled rejection", async () => {
    const source = manualSource();
    const waiter = makeWaiter(source);
    const wait = waiter.wait(ID);
    const seen = record(wait);
    await flush();
    wait.abandon();
    source.calls[0]?.fail(new Error("too late"));
    await pass(HOUR_MS);
    expect(seen.results).toHaveLength(1);
  });

  it("a listener that ends the wait in the middle of a poll hears nothing after `settled`", async () => {
    for (const name of ["poll", "status", "progress", "warning"] as const) {
      const source = scriptedSource({ [ID]: [{ status: "PAUSED", progress: 1 }] });
      const wait = makeWaiter(source).wait(ID);
      const seen = record(wait);
      wait.on(name, () => wait.abandon(new Error("enough")));
      await flush();
      expect(seen.outcome?.kind).toBe("aborted");
      expect(seen.names.at(-1), `abandoned in ${name}`).toBe("settled");
      expect(seen.names.filter((one) => one === "settled")).toHaveLength(1);
    }
  });

  it("a listener of the end that tries to end it otherwise is too late", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["COMPLETE"] })).wait(ID);
    const seen = record(wait);
    for (const name of ["poll", "status", "complete", "settled"] as const) {
      wait.on(name, () => wait.abandon(new Error("no")));
    }
    await flush();
    expect(seen.names).toEqual(["poll", "status", "complete", "settled"]);
    expect(await wait).toMatchObject({ taskStatus: "COMPLETE" });
  });

  it("a wait is a native promise, and what is derived from it is a plain one", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["COMPLETE"] })).wait(ID);
    expect(wait).toBeInstanceOf(Promise);
    const derived = wait.then((task) => task.taskStatus);
    expect(derived.constructor).toBe(Promise);
    expect(await derived).toBe("COMPLETE");
    expect(await Promise.race([wait, new Promise(() => {})])).toBe(await wait);
    expect(await wait.finally(() => {})).toBe(await wait);
  });

  it("a waiter that a thousand waits have passed through is as empty as a new one", async () => {
    const source = scriptedSource({}, { otherwise: ["RUNNING", "COMPLETE"] });
    const waiter = makeWaiter(source);
    const waits = Array.from({ length: 1000 }, (_, index) => waiter.wait(`t-${index}`));
    await pass(HOUR_MS);
    expect(await Promise.all(waits)).toHaveLength(1000);
    expectNothingLeft(waiter);
  });
});
