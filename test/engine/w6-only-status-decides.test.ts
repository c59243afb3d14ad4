import { describe, expect, it } from "vitest";
import { BdrcApiError, ProtocolError } from "../../src/task/errors.ts";
import { type Script, type ScriptStep, scriptedSource } from "../../src/testing/index.ts";
import { HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

const NOISE: [string, ScriptStep][] = [
  ["a broken connection", { error: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }) }],
  ["a TypeError of fetch", { error: new TypeError("fetch failed") }],
  ["something thrown that is no error", { error: "no" }],
  ["undefined thrown", { error: undefined }],
  ["a source that throws without a promise", { throws: new Error("no promise") }],
  ["nothing", { raw: undefined }],
  ["null", { raw: null }],
  ["a string", { raw: "COMPLETE" }],
  ["an object without a status", { raw: { taskId: ID } }],
  ["a status that is no string", { raw: { taskId: ID, taskStatus: 5 } }],
  ["the COMPLETE of another task", { status: "COMPLETE", taskId: "t-other" }],
  ["the FAILED of another task", { status: "FAILED", taskId: "t-other" }],
  ["a ProtocolError", { error: new ProtocolError("Data is missing") }],
  [
    "an internal error of the service",
    { error: new BdrcApiError("InternalError", { httpStatus: 500, apiCode: "InternalError" }) },
  ],
  ["throttling", "throttled"],
  ["a hung call", "hang"],
  ["a status that is not documented", "PAUSED"],
  ["a status in small letters", { status: "complete" }],
  ["CREATED after RUNNING", "CREATED"],
  ["progress of 100 %", { status: "RUNNING", progress: 10_000 }],
  ["progress beyond 100 %", { status: "RUNNING", progress: 99_999 }],
  ["progress below 0", { status: "RUNNING", progress: -1 }],
  ["an error message", { status: "RUNNING", errorMessage: "it failed" }],
  ["an end in the past", { status: "RUNNING", completeTime: 1, expireTime: 1 }],
  ["a result", { status: "RUNNING", taskResult: "{}" }],
];

describe("W6: only the task's own status decides", () => {
  it.each(NOISE)("%s decides nothing, whichever way the task then ends", async (_, noise) => {
    for (const [status, kind] of [
      ["COMPLETE", "complete"],
      ["FAILED", "failed"],
      ["EXPIRED", "expired"],
      ["CANCELED", "canceled"],
    ] as const) {
      const source = scriptedSource({ [ID]: ["RUNNING", noise, noise, "RUNNING", noise, status] });
      const seen = record(makeWaiter(source).wait(ID));
      await pass(HOUR_MS);
      expect(seen.outcome?.kind).toBe(kind);
      expect(seen.outcome?.task).toMatchObject({ taskId: ID, taskStatus: status });
    }
  });

  const NEVER_KNOWN: [string, Script, string][] = [
    ["nobody answers", ["unreachable"], "unreachable"],
    ["the answers make no sense", [{ raw: { Data: null } }], "unreachable"],
    ["another task answers", [{ status: "FAILED", taskId: "t-other" }], "unreachable"],
    ["the key is refused", ["denied"], "denied"],
    ["there is no such task", ["notFound"], "notFound"],
    ["the status is unknown forever", ["PAUSED"], "timedOut"],
    ["all calls are throttled", ["throttled"], "timedOut"],
  ];

  it.each(NEVER_KNOWN)("when %s, that is not reported as the task's failure", async (_, script, kind) => {
    const seen = record(makeWaiter(scriptedSource({ [ID]: script })).wait(ID, { timeout: "2h" }));
    await pass(3 * HOUR_MS);
    expect(seen.outcome?.kind).toBe(kind);
    expect(seen.of("failed")).toEqual([]);
    expect((seen.outcome as { error: { code: string } }).error.code).not.toBe("TASK_FAILED");
  });

  it("the first final status counts, though the service changes its mind", async () => {
    const source = scriptedSource({ [ID]: ["FAILED", "COMPLETE"] });
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("failed");
    expect(source.calls).toHaveLength(1);
    const again = record(waiter.wait(ID));
    await pass(HOUR_MS);
    expect(again.outcome?.kind).toBe("complete");
  });

  it("a failure that comes with 100 % is a failure, a completion with 3 % is one", async () => {
    const source = scriptedSource({
      "t-1": [{ status: "FAILED", progress: 10_000 }],
      "t-2": [{ status: "COMPLETE", progress: 300, errorMessage: "warnings: 3" }],
    });
    const waiter = makeWaiter(source);
    const seen = [record(waiter.wait("t-1")), record(waiter.wait("t-2"))];
    await pass(1000);
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(["failed", "complete"]);
  });
});
