import { describe, expect, it, vi } from "vitest";
import { isProtocolError, ProtocolError, type TaskwaitError } from "../../src/index.ts";
import { BdrcApiError, TaskNotFoundError, UnreachableError } from "../../src/task/errors.ts";
import { scriptedSource } from "../../src/testing/index.ts";
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

describe("a mistake in the source", () => {
  it.each([
    ["TypeError", new TypeError("Cannot read properties of undefined (reading 'Status')")],
    ["ReferenceError", new ReferenceError("bodyy is not defined")],
    ["RangeError", new RangeError("Invalid time value")],
  ])("%s ends the wait at once as a ProtocolError, with its cause", async (_, mistake) => {
    const waiter = makeWaiter({ describe: () => Promise.reject(mistake) });
    const wait = waiter.wait(ID);
    const seen = record(wait);
    await flush();
    expect(seen.names).toEqual(["unreachable", "settled"]);
    const error = await wait.catch((reason: unknown) => reason);
    expect(isProtocolError(error) && error instanceof ProtocolError && error.cause).toBe(mistake);
    expectNothingLeft(waiter);
  });

  it("is one also where it is thrown before the call", async () => {
    const waiter = makeWaiter({
      describe: () => {
        throw new TypeError("no");
      },
    });
    const seen = record(waiter.wait(ID));
    await flush();
    expect(seen.outcome).toMatchObject({ kind: "unreachable", error: { name: "ProtocolError" } });
  });

  it("is not a fetch that reached nobody: that is an outage", async () => {
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    const error = new TypeError("fetch failed", { cause });
    const source = scriptedSource({ [ID]: [{ error }, { error }, "COMPLETE"] });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(60_000);
    expect(seen.outcome?.kind).toBe("complete");
  });
});

describe("a wait whose time is up", () => {
  const failing = (error: Error) => scriptedSource({ [ID]: [{ error, times: 1000 }] });

  it("says that the service does not know the task, with the last answer as cause", async () => {
    const error = new TaskNotFoundError("DescribeTask failed: no such task");
    const seen = record(makeWaiter(failing(error)).wait(ID, { timeout: "3s" }));
    await pass(10_000);
    const outcome = seen.outcome as { kind: string; error: TaskwaitError };
    expect(outcome.kind).toBe("timedOut");
    expect(outcome.error.cause).toBe(error);
    expect(outcome.error.message).toContain("the service does not know this task");
    expect(outcome.error.message).toContain("DescribeTask failed: no such task");
    expect(outcome.error.message).not.toContain("may still be running");
  });

  it("is a task that is not known when it may poll once only", async () => {
    const seen = record(makeWaiter(failing(new TaskNotFoundError("no"))).wait(ID, { timeoutMs: 0 }));
    await pass(1000);
    expect(seen.outcome?.kind).toBe("notFound");
  });

  it.each([
    ["nobody answered", new UnreachableError("the connection was refused")],
    ["it was throttled", new BdrcApiError("slow down", { httpStatus: 429, apiCode: "Throttling" })],
    ["it may poll once only", new UnreachableError("the connection was refused"), 0],
  ])("names the last failure when %s", async (_, error, timeoutMs = 20_000) => {
    const seen = record(makeWaiter(failing(error)).wait(ID, { timeoutMs }));
    await pass(60_000);
    const outcome = seen.outcome as { kind: string; error: TaskwaitError };
    expect(outcome.kind).toBe("timedOut");
    expect(outcome.error.cause).toBe(error);
    expect(outcome.error.message).toContain(`last failure: ${error.message}`);
  });
});

describe("an answer that names a time to come again", () => {
  it("never holds the calls back for longer than maxIntervalMs", async () => {
    const error = new BdrcApiError("slow", {
      httpStatus: 429,
      apiCode: "Throttling",
      retryAfterMs: 24 * HOUR_MS,
    });
    const source = scriptedSource({ [ID]: [{ error }, "COMPLETE"] });
    const seen = record(makeWaiter(source, { maxInterval: "1m" }).wait(ID));
    await pass(2 * 60_000);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("does not keep maintenance from being an outage", async () => {
    const error = new BdrcApiError("down", {
      httpStatus: 503,
      apiCode: "Down",
      retryAfterMs: 30_000,
      maintenance: true,
    });
    const seen = record(makeWaiter(scriptedSource({ [ID]: [{ error, times: 1000 }] })).wait(ID));
    await pass(5 * 60_000 + 1000);
    expect(seen.outcome).toMatchObject({ kind: "unreachable", error: { cause: error } });
  });
});

describe("a process that was suspended in a call", () => {
  it("goes on after that call has failed, and so does the retry at once", async () => {
    const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    const source = manualSource();
    const seen = record(makeWaiter(source, { pollTimeout: "10s" }).wait(ID));
    await flush();
    // The clock goes on, and no timer fires.
    vi.setSystemTime(Date.now() + HOUR_MS);
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + HOUR_MS);
    source.calls[0]?.fail(reset);
    await pass(100);
    source.calls[1]?.fail(new UnreachableError("the connection was refused"));
    await pass(1000);
    expect(seen.outcome).toBeUndefined();
    vi.restoreAllMocks();
  });

  it("takes the answer that has come meanwhile, also past its deadline", async () => {
    const source = manualSource();
    const seen = record(makeWaiter(source, { pollTimeout: "1h" }).wait(ID, { timeout: "1h" }));
    await flush();
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 10_000);
    await pass(HOUR_MS);
    source.calls[0]?.answer({ taskId: ID, taskStatus: "COMPLETE" });
    await pass(10);
    expect(seen.outcome?.kind).toBe("complete");
    vi.restoreAllMocks();
  });
});
