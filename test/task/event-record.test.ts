import { describe, expect, it } from "vitest";
import { toErrorRecord } from "../../src/task/error-record.ts";
import { BdrcApiError, TaskFailedError, UnreachableError } from "../../src/task/errors.ts";
import { toEventRecord, waitEventRecordSchema } from "../../src/task/event-record.ts";
import type { Task } from "../../src/task/task.ts";
import type { WaitEvent } from "../../src/task/wait-events.ts";

const task: Task = { taskId: "t-1", taskStatus: "RUNNING", progress: 1250, percent: 12.5 };
const failed = new TaskFailedError("task t-1 FAILED", { taskId: "t-1", retryable: true });

const events: readonly WaitEvent[] = [
  { name: "poll", payload: { taskId: "t-1", task, callMs: 12, nextPollMs: 500 } },
  { name: "status", payload: { taskId: "t-1", task } },
  { name: "progress", payload: { taskId: "t-1", task, previous: task, etaMs: 9000 } },
  { name: "retry", payload: { taskId: "t-1", error: new Error("reset"), failures: 2, nextPollMs: 1000 } },
  { name: "throttled", payload: { taskId: "t-1", error: new Error("slow"), nextPollMs: 1000 } },
  { name: "warning", payload: { taskId: "t-1", code: "UNKNOWN_STATUS", message: "odd" } },
  { name: "complete", payload: { ...task, taskStatus: "COMPLETE" } },
  { name: "failed", payload: failed },
  { name: "aborted", payload: "a reason that is no error" },
  { name: "settled", payload: { kind: "failed", task, error: failed } },
];

describe("event records", () => {
  it.each(events.map((event) => [event.name, event] as const))(
    "%s survives JSON and passes its own schema unchanged",
    (_, event) => {
      const record = JSON.parse(JSON.stringify(toEventRecord(event, "t-1", 1_700_000_000_000)));

      expect(waitEventRecordSchema.parse(record)).toEqual(record);
      expect(record).toMatchObject({ timeMs: 1_700_000_000_000, taskId: "t-1", event: event.name });
    },
  );

  it("keeps what a program branches on and drops stack traces", () => {
    const cause = new BdrcApiError("DescribeTask: 500 InternalError", {
      httpStatus: 500,
      apiCode: "InternalError",
      requestId: "R-1",
    });

    const record = toErrorRecord(new UnreachableError("nobody answered", { cause }));

    expect(record).toEqual({
      name: "UnreachableError",
      code: "UNREACHABLE",
      message: "nobody answered",
      cause: {
        name: "BdrcApiError",
        code: "API_ERROR",
        message: "DescribeTask: 500 InternalError",
        httpStatus: 500,
        apiCode: "InternalError",
        requestId: "R-1",
      },
    });
  });

  it("refuses a line whose event nobody knows or whose fields are of the wrong type", () => {
    expect(waitEventRecordSchema.safeParse({ timeMs: 1, taskId: "t-1", event: "party" }).success).toBe(false);
    expect(
      waitEventRecordSchema.safeParse({ timeMs: 1, taskId: "t-1", event: "poll", task, callMs: "12" })
        .success,
    ).toBe(false);
  });

  it("lets fields through that a later release may add", () => {
    const record = { timeMs: 1, taskId: "t-1", event: "complete", task, extra: 1 };

    expect(waitEventRecordSchema.parse(record)).toEqual(record);
  });
});
