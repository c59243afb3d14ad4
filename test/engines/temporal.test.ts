import { type ApplicationFailure, CancelledFailure } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger, Runtime } from "@temporalio/worker";
import type { Task, TaskSource, WaitState } from "taskwait";
import { outcomeOfFailure, taskActivities } from "taskwait/temporal";
import { type DrivenOutcome, scriptedSource, waitConformance } from "taskwait/testing";
import { describe, expect, it } from "vitest";
import { sleep } from "./harness/processes.ts";

// Activities fail here by design; nobody wants to read of each.
const logger = new DefaultLogger("ERROR");
Runtime.install({ logger });

/** Temporal as an activity sees it. */
function activityEnvironment(heartbeatDetails?: WaitState): MockActivityEnvironment {
  return new MockActivityEnvironment(heartbeatDetails === undefined ? {} : { heartbeatDetails }, { logger });
}

const QUICK = { minIntervalMs: 5, maxIntervalMs: 20, waitPriceMs: 1, timeoutMs: 20_000 };

async function outcomeOf(run: Promise<Task>): Promise<DrivenOutcome> {
  try {
    return { kind: "complete", task: await run };
  } catch (error) {
    if (error instanceof CancelledFailure) {
      return { kind: "aborted", error };
    }
    const outcome = outcomeOfFailure(error);
    if (outcome === undefined) {
      throw error;
    }
    return outcome;
  }
}

describe("waits in an activity of Temporal", () => {
  waitConformance({ describe, it }, () => ({
    start: (source: TaskSource, taskId, options) => {
      const env = activityEnvironment();
      const { waitForTask } = taskActivities({ source });
      let beat: WaitState | undefined;
      env.on("heartbeat", (state: WaitState) => {
        beat = state;
      });
      const outcome = outcomeOf(env.run(waitForTask, { taskId, ...options }) as Promise<Task>);
      return {
        outcome,
        abort: () => env.cancel("CANCELLED"),
        checkpoint: () => beat as WaitState,
      };
    },
  }));
});

/** Temporal as it retries `pollTask`: each attempt gets the last heartbeat, after the delay that it asked for. */
function retriedPolls(source: TaskSource, request: { readonly taskId: string }) {
  const { pollTask } = taskActivities({ source });
  let beat: WaitState | undefined;
  const controller = new AbortController();
  const run = async (): Promise<Task> => {
    for (;;) {
      if (controller.signal.aborted) {
        throw new CancelledFailure("enough");
      }
      const env = activityEnvironment(beat);
      env.on("heartbeat", (state: WaitState) => {
        beat = state;
      });
      const onAbort = () => env.cancel("CANCELLED");
      controller.signal.addEventListener("abort", onAbort);
      try {
        return (await env.run(pollTask, request)) as Task;
      } catch (error) {
        const { type, nextRetryDelay } = error as ApplicationFailure;
        if (type !== "TaskPending") {
          throw error;
        }
        await sleep(Number(nextRetryDelay ?? 0));
      } finally {
        controller.signal.removeEventListener("abort", onAbort);
      }
    }
  };
  return { outcome: outcomeOf(run()), abort: () => controller.abort(), checkpoint: () => beat as WaitState };
}

describe("waits by retried activities of Temporal", () => {
  waitConformance({ describe, it }, () => ({
    start: (source: TaskSource, taskId, options) => retriedPolls(source, { taskId, ...options }),
  }));
});

describe("the activities", () => {
  it("go on from the heartbeat of the attempt before, with its deadline and its counts", async () => {
    const source = scriptedSource({ "t-1": ["COMPLETE"] });
    const { waitForTask } = taskActivities({ source });
    const first = activityEnvironment();
    const running = scriptedSource({ "t-1": ["RUNNING"] });
    const beats: WaitState[] = [];
    first.on("heartbeat", (state: WaitState) => beats.push(state));
    const cut = first.run(taskActivities({ source: running }).waitForTask, { taskId: "t-1", ...QUICK });
    await sleep(200);
    first.cancel("WORKER_SHUTDOWN");
    await expect(cut).rejects.toBeInstanceOf(CancelledFailure);
    const last = beats.at(-1) as WaitState;
    expect(last.polls).toBeGreaterThan(1);
    const second = activityEnvironment(last);
    const after: WaitState[] = [];
    second.on("heartbeat", (state: WaitState) => after.push(state));
    expect(await second.run(waitForTask, { taskId: "t-1", ...QUICK })).toMatchObject({
      taskStatus: "COMPLETE",
    });
    expect(after.at(-1)).toMatchObject({ polls: last.polls + 1, deadlineMs: last.deadlineMs });
  });

  it.each([
    ["in a sleep", ["RUNNING"], 300_000],
    ["in a call", ["hang"], 20],
  ] as const)("are cancelled %s, at once", async (_, script, minIntervalMs) => {
    const source = scriptedSource({ "t-1": [...script] });
    const env = activityEnvironment();
    const run = env.run(taskActivities({ source }).waitForTask, {
      taskId: "t-1",
      minIntervalMs,
      maxIntervalMs: 300_000,
    });
    await sleep(150);
    const began = performance.now();
    env.cancel("CANCELLED");
    await expect(run).rejects.toBeInstanceOf(CancelledFailure);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(source.inFlight).toBe(0);
  });

  it("fail for good, with the task in the details, when the task has failed", async () => {
    const source = scriptedSource({ "t-1": [{ status: "FAILED", errorMessage: "too many requests." }] });
    const run = activityEnvironment().run(taskActivities({ source }).waitForTask, { taskId: "t-1" });
    const error = (await run.catch((thrown: unknown) => thrown)) as ApplicationFailure;
    expect(error).toMatchObject({ type: "TaskFailed", nonRetryable: true });
    expect(error.details?.[0]).toMatchObject({ taskId: "t-1", taskStatus: "FAILED" });
    expect(outcomeOfFailure({ cause: error })).toMatchObject({ kind: "failed", error: { retryable: true } });
  });

  it("refuse a bad request for good", async () => {
    const { pollTask } = taskActivities({ source: scriptedSource() });
    const run = activityEnvironment().run(pollTask, { taskId: "no id!" });
    await expect(run).rejects.toMatchObject({ type: "InvalidOption", nonRetryable: true });
  });
});
