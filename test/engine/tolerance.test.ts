import { describe, expect, it } from "vitest";
import type { RetryEvent, TaskNotFoundError, UnreachableError } from "../../src/index.ts";
import { BdrcApiError } from "../../src/task/errors.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { BROKEN_CONNECTION } from "./endings.ts";
import { flush, HOUR_MS, ID, makeWaiter, pass, record, TICK_MS, useFakeTime } from "./fake-time.ts";

useFakeTime();

const MINUTE_MS = 60_000;

describe("an outage is borne for a time, not for a number of calls", () => {
  it.each([1000, 30_000, 5 * MINUTE_MS, HOUR_MS])(
    "for its budget of %i ms, and not longer",
    async (outageBudgetMs) => {
      const seen = record(makeWaiter(scriptedSource({ [ID]: ["unreachable"] })).wait(ID, { outageBudgetMs }));
      await pass(outageBudgetMs - 1);
      expect(seen.outcome).toBeUndefined();
      await pass(1 + TICK_MS);
      expect(seen.outcome?.kind).toBe("unreachable");
    },
  );

  it("for 5 minutes unless told otherwise", async () => {
    const seen = record(makeWaiter(scriptedSource({ [ID]: ["RUNNING", "unreachable"] })).wait(ID));
    await pass(5 * MINUTE_MS - 1);
    expect(seen.outcome).toBeUndefined();
    await pass(10_000);
    expect(seen.outcome?.kind).toBe("unreachable");
  });

  it("the error carries the last one, the counts and the task as it was last seen", async () => {
    const source = scriptedSource({ [ID]: [{ status: "RUNNING", progress: 700 }, "unreachable"] });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    const [error] = seen.of("unreachable") as UnreachableError[];
    expect(error).toMatchObject({
      name: "UnreachableError",
      taskId: ID,
      task: { progress: 700 },
      polls: source.calls.length,
      failures: source.calls.length - 1,
      cause: { message: "scripted: the connection was refused" },
    });
    expect(error?.message).toMatch(/could not find out.*connection was refused/);
  });

  it("one good poll in between begins the budget again", async () => {
    const source = scriptedSource({
      [ID]: ({ atMs }) => (Math.floor(atMs / (4 * MINUTE_MS)) % 2 === 0 ? "unreachable" : "RUNNING"),
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(2 * HOUR_MS);
    expect(seen.outcome).toBeUndefined();
    expect(seen.of("retry").length).toBeGreaterThan(10);
  });

  it("a single fault after a gap longer than the budget ends nothing", async () => {
    const source = scriptedSource({ [ID]: ["RUNNING", "RUNNING", "unreachable", "COMPLETE"] });
    const gaps = { minInterval: "20m", maxInterval: "1h", outageBudget: "5m" };
    const seen = record(makeWaiter(source).wait(ID, gaps));
    await pass(5 * HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("nor does one after a long time in the limiter's queue", async () => {
    const source = scriptedSource({ "t-before": ["COMPLETE"], [ID]: ["unreachable", "COMPLETE"] });
    const waiter = makeWaiter(source, { rate: { perSecond: 1 / 600 } });
    record(waiter.wait("t-before"));
    await flush();
    const seen = record(waiter.wait(ID, { outageBudget: "5m" }));
    await pass(HOUR_MS);
    expect(seen.of("retry")).toHaveLength(1);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("a budget of 0 bears no failed poll", async () => {
    const seen = record(
      makeWaiter(scriptedSource({ [ID]: ["unreachable"] })).wait(ID, { outageBudgetMs: 0 }),
    );
    await flush();
    expect(seen.outcome?.kind).toBe("unreachable");
  });

  it("the last moment of the budget is used for a poll", async () => {
    const source = scriptedSource({
      [ID]: ({ atMs }) => (atMs >= 5 * MINUTE_MS - 1 ? "COMPLETE" : "unreachable"),
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(5 * MINUTE_MS + 100);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("failed polls come slower and slower, up to half a minute, and say so", async () => {
    const seen = record(
      makeWaiter(scriptedSource({ [ID]: ["unreachable"] })).wait(ID, { outageBudget: "1h" }),
    );
    await pass(10 * MINUTE_MS);
    const retries = seen.of("retry") as RetryEvent[];
    expect(retries.map(({ failures }) => failures)).toEqual(retries.map((_, index) => index + 1));
    expect(retries.slice(0, 5).map(({ nextPollMs }) => Math.round(nextPollMs / 1000))).toEqual([
      1, 2, 4, 8, 16,
    ]);
    expect(retries.at(-1)?.nextPollMs).toBe(30_000);
    expect(retries[0]?.error.message).toMatch(/connection was refused/);
  });

  it("a call whose connection broke is sent again at once, twice at most", async () => {
    const source = scriptedSource({ [ID]: [BROKEN_CONNECTION, BROKEN_CONNECTION, "COMPLETE"] });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(500);
    expect(seen.outcome?.kind).toBe("complete");
    expect(source.calls).toHaveLength(3);
    expect(seen.of("retry")).toHaveLength(2);
  });

  it("so is one whose fault the client has corrected, such as its clock", async () => {
    const corrected = { httpStatus: 400, apiCode: "InvalidTimeStamp.Expired", resend: true };
    const source = scriptedSource({ [ID]: [{ error: new BdrcApiError("clock", corrected) }, "COMPLETE"] });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(500);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("the same fault that is not corrected is the caller's, and final", async () => {
    const lasting = { httpStatus: 400, apiCode: "InvalidTimeStamp.Expired" };
    const seen = record(
      makeWaiter(scriptedSource({ [ID]: [{ error: new BdrcApiError("clock", lasting) }] })).wait(ID),
    );
    await flush();
    expect(seen.outcome?.kind).toBe("denied");
  });
});

describe("a task that is not known is given time to become known", () => {
  it.each([1, 5000, 30_000])("for %i ms after the first poll, and not longer", async (notFoundGraceMs) => {
    const seen = record(makeWaiter(scriptedSource()).wait(ID, { notFoundGraceMs }));
    await pass(notFoundGraceMs - 1);
    expect(seen.outcome).toBeUndefined();
    await pass(1 + TICK_MS);
    expect(seen.outcome?.kind).toBe("notFound");
    const [error] = seen.of("notFound") as TaskNotFoundError[];
    expect(error).toMatchObject({ name: "TaskNotFoundError", code: "TASK_NOT_FOUND", taskId: ID });
  });

  it("for 30 s unless told otherwise", async () => {
    const seen = record(makeWaiter(scriptedSource()).wait(ID));
    await pass(29_999);
    expect(seen.outcome).toBeUndefined();
    await pass(1 + TICK_MS);
    expect(seen.outcome?.kind).toBe("notFound");
  });

  it("a task that becomes known within it is waited for", async () => {
    const source = scriptedSource({ [ID]: ({ atMs }) => (atMs < 10_000 ? "notFound" : "COMPLETE") });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(MINUTE_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(seen.of("retry").length).toBeGreaterThan(2);
  });

  it("the grace begins with the first such answer, not with a hung call before it", async () => {
    const source = scriptedSource({
      [ID]: [{ error: new TypeError("fetch failed"), delayMs: 9000, times: 4 }, "notFound"],
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(MINUTE_MS);
    expect(seen.outcome).toBeUndefined();
    await pass(MINUTE_MS);
    expect(seen.outcome?.kind).toBe("notFound");
  });

  it("a task that vanishes for a moment in mid-wait is given it again", async () => {
    const source = scriptedSource({
      [ID]: ["RUNNING", "notFound", "notFound", "RUNNING", "notFound", "COMPLETE"],
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("the grace begins again each time: it is not the sum of all absences", async () => {
    const source = scriptedSource({
      [ID]: ({ atMs }) =>
        atMs > 10 * MINUTE_MS ? "COMPLETE" : atMs % MINUTE_MS < 20_000 ? "notFound" : "RUNNING",
    });
    const seen = record(makeWaiter(source).wait(ID, { maxInterval: "5s" }));
    await pass(11 * MINUTE_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(seen.of("retry").length).toBeGreaterThan(20);
  });

  it("one that stays away is not found, and not failed", async () => {
    const seen = record(makeWaiter(scriptedSource({ [ID]: ["RUNNING", "notFound"] })).wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome).toMatchObject({ kind: "notFound", task: { taskStatus: "RUNNING" } });
  });

  it("an answer of not found is no outage", async () => {
    const seen = record(makeWaiter(scriptedSource()).wait(ID, { outageBudgetMs: 0, notFoundGrace: "1m" }));
    await pass(MINUTE_MS + TICK_MS);
    expect(seen.outcome?.kind).toBe("notFound");
  });
});

describe("hostile text of the service is shown, not obeyed", () => {
  it("control characters in an error message are escaped, and length is bounded", async () => {
    const errorMessage = `\u001b[2Jended\r\nFAKE \u202e${"x".repeat(10_000)}`;
    const seen = record(makeWaiter(scriptedSource({ [ID]: [{ status: "FAILED", errorMessage }] })).wait(ID));
    await flush();
    const { message } = (seen.outcome as { error: Error }).error;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(message.length).toBeLessThan(1000);
  });

  it("so are those in an unknown status, which is warned of once", async () => {
    const hostile = { status: "PAUSED\u001b[2J" };
    const source = scriptedSource({ [ID]: [hostile, hostile, "RUNNING", hostile, "COMPLETE"] });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    expect(seen.of("warning")).toEqual([
      { taskId: ID, code: "UNKNOWN_STATUS", message: expect.stringContaining("PAUSED\\u{1b}[2J") },
    ]);
  });

  it("a service that sends a new unknown status each time is not allowed to flood", async () => {
    const source = scriptedSource({ [ID]: ({ index }) => (index < 60 ? `STATE_${index}` : "COMPLETE") });
    const wait = makeWaiter(source).wait(ID, { maxInterval: "10s" });
    const seen = record(wait);
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(seen.of("warning").length).toBeLessThanOrEqual(20);
  });
});

describe("a failed task says whether starting it again is sensible", () => {
  it.each([
    ["too many requests, please try later", true],
    ["Throttling.User", true],
    ["the service is temporarily unavailable", true],
    ["the vault is full", false],
    ["", false],
  ])("%j: %s", async (errorMessage, retryable) => {
    const seen = record(makeWaiter(scriptedSource({ [ID]: [{ status: "FAILED", errorMessage }] })).wait(ID));
    await flush();
    expect((seen.outcome as { error: unknown }).error).toMatchObject({ retryable, code: "TASK_FAILED" });
  });
});
