import { describe, expect, it } from "vitest";
import { AccessDeniedError, InvalidOptionError, TaskWaiter } from "../../src/index.ts";
import { BdrcApiError, TaskNotFoundError } from "../../src/task/errors.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { expectNothingLeft, flush, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

function api(httpStatus: number, apiCode: string) {
  return new BdrcApiError(`${apiCode}: said the service`, { httpStatus, apiCode, taskId: ID });
}

const DENIALS: [string, unknown][] = [
  ["AccessDeniedError", new AccessDeniedError("no credentials", {})],
  ["an unknown key, which comes with 404", api(404, "InvalidAccessKeyId.NotFound")],
  ["a disabled key", api(403, "InvalidAccessKeyId.Inactive")],
  ["a wrong signature", api(400, "SignatureDoesNotMatch")],
  ["an expired token", api(400, "InvalidSecurityToken.Expired")],
  ["a RAM denial", api(403, "NoPermission")],
  ["Forbidden.RAM", api(403, "Forbidden.RAM")],
  ["a bare 401", api(401, "")],
];

describe("W8: permanent errors are reported at once", () => {
  it.each(DENIALS)("%s ends the wait at the first call, as denied", async (_, error) => {
    const source = scriptedSource({ [ID]: [{ error }] });
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID));
    await flush();
    expect(seen.outcome?.kind).toBe("denied");
    expect(seen.names).toEqual(["denied", "settled"]);
    expect((seen.outcome as { error: Error }).error).toMatchObject({
      code: "ACCESS_DENIED",
      cause: error,
      taskId: ID,
    });
    expect(source.calls).toHaveLength(1);
    expectNothingLeft(waiter);
  });

  it("a denial in mid-wait ends it, too, and keeps what was seen", async () => {
    const source = scriptedSource({ [ID]: [{ status: "RUNNING", progress: 10 }, "denied"] });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(60_000);
    expect(seen.outcome).toMatchObject({ kind: "denied", task: { progress: 10 } });
    expect(source.calls).toHaveLength(2);
  });

  it("a call that the service will never take is not repeated, and is not the task's failure", async () => {
    const source = scriptedSource({ [ID]: [{ error: api(400, "InvalidParameter") }] });
    const seen = record(makeWaiter(source).wait(ID));
    await flush();
    expect(seen.outcome?.kind).toBe("unreachable");
    expect(source.calls).toHaveLength(1);
  });

  it("not found is no permanent error while the grace lasts", async () => {
    const source = scriptedSource({ [ID]: [{ error: new TaskNotFoundError("no") }, "COMPLETE"] });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(60_000);
    expect(seen.outcome?.kind).toBe("complete");
  });

  it("but with a grace of 0 it is", async () => {
    const source = scriptedSource();
    const seen = record(makeWaiter(source).wait(ID, { notFoundGraceMs: 0 }));
    await flush();
    expect(seen.outcome?.kind).toBe("notFound");
    expect(source.calls).toHaveLength(1);
  });

  const BAD_IDS: [string, unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
    ["an object", {}],
    ["empty", ""],
    ["blank", "  "],
    ["a path", "a/b"],
    ["a climb", "a..b"],
    ["a query", "t?x=1"],
    ["a line break", "t-1\n"],
    ["too long", "t".repeat(129)],
    ["not ASCII", "t-é"],
    ["a percent", "t%2F"],
  ];

  it.each(BAD_IDS)("a bad task id is refused before anything is done: %s", (_, taskId) => {
    const source = scriptedSource();
    const waiter = makeWaiter(source);
    expect(() => waiter.wait(taskId as string)).toThrow(InvalidOptionError);
    expect(() => waiter.wait(taskId as string)).toThrow(/taskId must/);
    expect(source.calls).toHaveLength(0);
    expectNothingLeft(waiter);
  });

  const BAD_OPTIONS: [string, object, RegExp][] = [
    ["a negative timeout", { timeoutMs: -1 }, /timeoutMs.*at least 0.*-1/],
    ["NaN", { timeoutMs: Number.NaN }, /timeoutMs.*NaN/],
    ["Infinity", { timeoutMs: Number.POSITIVE_INFINITY }, /timeoutMs.*Infinity/],
    ["a string as a number", { timeoutMs: "5" }, /timeoutMs.*"5"/],
    ["a number as a string", { timeout: 5 }, /timeout must be a string.*5/],
    ["a duration without a unit", { timeout: "90" }, /timeout.*"90s".*"90"/],
    ["both spellings", { timeout: "1m", timeoutMs: 5 }, /timeoutMs or timeout, not both/],
    ["a poll timeout of 0", { pollTimeoutMs: 0 }, /pollTimeoutMs.*more than 0/],
    ["a wait price of 0", { waitPriceMs: 0 }, /waitPriceMs.*more than 0/],
    [
      "intervals that cross",
      { minIntervalMs: 10, maxIntervalMs: 5 },
      /minIntervalMs \(10\).*maxIntervalMs \(5\)/,
    ],
    ["an unknown option", { timeOutMs: 5 }, /unknown option "timeOutMs".*timeoutMs/],
    ["a signal that is none", { signal: {} }, /signal must be an AbortSignal/],
    ["a controller for a signal", { signal: new AbortController() }, /signal must be an AbortSignal/],
    ["no object", "fast" as never, /options must be an object/],
    ["null", null as never, /options must be an object/],
    ["a checkpoint of another task", { resume: { version: 1, taskId: "t-2" } }, /resume/],
  ];

  it.each(BAD_OPTIONS)(
    "a bad option is refused, naming action, option, rule and value: %s",
    (_, options, message) => {
      const waiter = makeWaiter(scriptedSource());
      expect(() => waiter.wait(ID, options)).toThrow(InvalidOptionError);
      expect(() => waiter.wait(ID, options)).toThrow(message);
      expectNothingLeft(waiter);
    },
  );

  const BAD_WAITERS: [string, unknown, RegExp][] = [
    ["no options", undefined, /TaskWaiter.*options must be an object/],
    ["no source", {}, /TaskWaiter: source must/],
    ["a source that can't describe", { source: {} }, /source must.*describe/],
    ["a rate of 0", { source: scriptedSource(), rate: { perSecond: 0 } }, /rate must.*above 0/],
    ["an unknown rate", { source: scriptedSource(), rate: "fast" }, /rate must.*"fast"/],
    ["a random that is no function", { source: scriptedSource(), random: 0.5 }, /random must be a function/],
    [
      "a signal for all waits",
      { source: scriptedSource(), signal: new AbortController().signal },
      /unknown option "signal"/,
    ],
    ["a bad default", { source: scriptedSource(), timeoutMs: -1 }, /TaskWaiter: timeoutMs/],
    [
      "an unknown batch",
      { source: scriptedSource(), batch: "sometimes" },
      /batch must|unknown option "batch"/,
    ],
  ];

  it.each(BAD_WAITERS)("a bad waiter is refused: %s", (_, options, message) => {
    expect(() => new TaskWaiter(options as never)).toThrow(InvalidOptionError);
    expect(() => new TaskWaiter(options as never)).toThrow(message);
  });
});
