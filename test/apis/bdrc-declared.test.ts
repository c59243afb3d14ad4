import fc from "fast-check";
import { expect, test } from "vitest";
import { compileApi } from "../../src/apis/compile-api.ts";
import { readTask } from "../../src/apis/reader/read-answer.ts";
import { wordsUntil } from "../../src/apis/reader/words.ts";
import { describeTaskOperation } from "../../src/bdrc/operations.ts";
import { taskOf } from "../../src/bdrc/task-response.ts";
import type { Task } from "../../src/task/task.ts";

const ID = "t-0000e4w0u1v592zdf6s7";

// BDRC itself, declared: what its own client reads must be what the declaration reads.
const BDRC = compileApi({
  name: "bdrc",
  request: {
    style: "roa",
    version: "2023-08-08",
    action: "DescribeTask",
    endpoint: "bdrc.{region}.aliyuncs.com",
    path: "/api/v1/tasks/{id}",
  },
  task: {
    at: "Data",
    id: "TaskId",
    status: "TaskStatus",
    states: {
      complete: ["COMPLETE"],
      failed: ["FAILED"],
      canceled: ["CANCELED"],
      expired: ["EXPIRED"],
      running: ["RUNNING"],
      queued: ["CREATED"],
    },
    progress: { value: "Progress", of: 10_000 },
    type: "TaskType",
    error: "ErrorMessage",
    result: "TaskResult",
    started: "StartTime",
    ended: "CompleteTime",
  },
});

const statuses = ["CREATED", "RUNNING", "COMPLETE", "FAILED", "EXPIRED", "CANCELED"];
const seconds = fc.integer({ min: 1_600_000_000, max: 2_000_000_000 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const data = fc.record({
  TaskId: fc.constant(ID),
  TaskStatus: fc.oneof(fc.constantFrom(...statuses), fc.constantFrom("PAUSED", "hover")),
  TaskType: optional(fc.constantFrom("UPDATE_RESOURCES", "CHECK_RULES")),
  Progress: optional(fc.integer({ min: 0, max: 10_000 })),
  ErrorMessage: optional(fc.constantFrom("too many requests", "the rule is unknown")),
  StartTime: optional(seconds),
  CompleteTime: optional(seconds),
  TaskResult: optional(fc.constantFrom('{"a":1}', "[1,2]", '{"deep":{"er":[null]}}')),
});

test("BdrcClient and a declaration of BDRC read the same tasks from 1,000 random answers", () => {
  const words = wordsUntil(BDRC.reading.words, undefined, "bdrc");
  const context = { reading: BDRC.reading, words, onFault: () => undefined };
  fc.assert(
    fc.property(data, (Data) => {
      const own = taskOf({ Data }, describeTaskOperation(ID));
      const declared = readTask({ Data }, ID, context);
      expect(shared(declared)).toEqual(shared(own));
    }),
    { numRuns: 1000 },
  );
});

/** Without what only one of them has: the service's own word, and what a declaration reads at the end only. */
function shared(task: Task): Partial<Task> {
  const { serviceStatus: _, taskResult, result, errorMessage, ...rest } = task;
  const hasFailed = ["FAILED", "CANCELED", "EXPIRED"].includes(task.taskStatus);
  const hasEnded = hasFailed || task.taskStatus === "COMPLETE";
  return {
    ...rest,
    ...(hasFailed && errorMessage !== undefined ? { errorMessage } : {}),
    ...(hasEnded && taskResult !== undefined ? { taskResult, result } : {}),
  };
}
