import { describe, it } from "vitest";
import { type TaskSource, TaskWaiter } from "../../src/index.ts";
import { BdrcApiError, isTaskNotFoundError } from "../../src/task/errors.ts";
import {
  type Script,
  type SourceScenario,
  scriptedSource,
  sourceConformance,
  waitConformance,
} from "../../src/testing/index.ts";
import { plainDriver } from "../testing/plain-driver.ts";

function scriptFor(task: SourceScenario["tasks"][number], fault: SourceScenario["fault"]): Script {
  switch (fault) {
    case "hang":
      return ["hang"];
    case "deny":
      return ["denied"];
    case "throttle":
      return [{ throttled: true, retryAfterMs: 1500 }];
    case "unavailable":
      return [{ error: new BdrcApiError("try later", { httpStatus: 503, apiCode: "ServiceUnavailable" }) }];
    default: {
      const { taskStatus, ...fields } = task;
      return [{ status: taskStatus, ...fields }];
    }
  }
}

describe("the scripted source", () => {
  sourceConformance({ describe, it }, ({ tasks, fault }) => {
    const taskIds = tasks.map((_, index) => `t-${index}`);
    const scripts = Object.fromEntries(tasks.map((task, index) => [`t-${index}`, scriptFor(task, fault)]));
    const source = scriptedSource(scripts, { listing: true });
    return { source, taskIds, requests: () => source.calls.filter(({ aborted }) => !aborted).length };
  });
});

describe("a source that takes several ids in a call", () => {
  sourceConformance({ describe, it }, ({ tasks, fault }) => {
    const taskIds = tasks.map((_, index) => `t-${index}`);
    const scripts = Object.fromEntries(tasks.map((task, index) => [`t-${index}`, scriptFor(task, fault)]));
    const single = scriptedSource(scripts, { listing: true });
    let together = 0;
    const source: TaskSource = {
      ...single,
      maxIds: 2,
      describeMany: async (ids, options) => {
        options.signal?.throwIfAborted();
        together -= ids.length - 1;
        const shown = await Promise.allSettled(ids.map((id) => single.describe(id, options)));
        const missing = shown.find((one) => one.status === "rejected" && !isTaskNotFoundError(one.reason));
        if (missing?.status === "rejected") {
          throw missing.reason;
        }
        return shown.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      },
    };
    const requests = () => together + single.calls.filter(({ aborted }) => !aborted).length;
    return { source, taskIds, requests };
  });
});

describe("the engine", () => {
  waitConformance({ describe, it }, () => {
    const waiters = new Map<TaskSource, TaskWaiter>();
    return {
      start: (source, taskId, options) => {
        const waiter = waiters.get(source) ?? new TaskWaiter({ source, rate: { perSecond: 1000 } });
        waiters.set(source, waiter);
        const wait = waiter.wait(taskId, options);
        return {
          outcome: wait.outcome,
          abort: (reason) => wait.abandon(reason),
          checkpoint: () => wait.checkpoint(),
        };
      },
      close: async () => {
        await Promise.all([...waiters.values()].map((waiter) => waiter.close()));
      },
    };
  });
});

describe("the least driver of the pure step", () => {
  waitConformance({ describe, it }, () => plainDriver);
});
