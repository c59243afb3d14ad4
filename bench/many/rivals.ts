import { createHttpPoller } from "@azure/core-lro";
import { createWaiter, WaiterState } from "@smithy/core/client";
import pWaitFor from "p-wait-for";
import { isBdrcApiError } from "../../src/task/errors.ts";
import type { Task } from "../../src/task/task.ts";

/** The names of the rivals. */
export type RivalName = "smithy" | "core-lro" | "p-wait-for";

/**
 * Waits for one task; true when it learned that the task completed.
 *
 * @param intervalMs - Between two polls; its own default schedule without.
 */
type RivalWait = (
  describe: () => Promise<Task>,
  signal: AbortSignal,
  intervalMs?: number,
) => Promise<boolean>;

/** Seconds that a waiter is given in all. */
const MAX_S = 30 * 86_400;

/** A client as SDKs make them: two retries of a throttled call, full jitter from half a second, then the error. */
async function withRetries(describe: () => Promise<Task>): Promise<Task> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await describe();
    } catch (error) {
      if (attempt >= 2 || !isBdrcApiError(error)) {
        throw error;
      }
      const capMs = 500 * 2 ** attempt;
      await new Promise((resolve) => setTimeout(resolve, capMs * Math.random()));
    }
  }
}

/** The published code of others, with its own defaults for the schedule, one waiter a task, errors lived through. */
export const RIVALS: Readonly<Record<RivalName, RivalWait>> = {
  smithy: async (describe, abortSignal, intervalMs) => {
    const [minDelay, maxDelay] = intervalMs === undefined ? [2, 120] : [intervalMs / 1000, intervalMs / 1000];
    const outcome = await createWaiter(
      { client: {}, minDelay, maxDelay, maxWaitTime: MAX_S, abortSignal },
      {},
      async () => {
        const task = await poll(describe);
        return {
          state: task?.taskStatus === "COMPLETE" ? WaiterState.SUCCESS : WaiterState.RETRY,
          reason: task,
        };
      },
    );
    return outcome.state === WaiterState.SUCCESS;
  },
  "core-lro": async (describe, abortSignal, intervalMs) => {
    const poller = createHttpPoller(
      {
        sendInitialRequest: async () => ({
          flatResponse: {},
          rawResponse: {
            statusCode: 202,
            headers: { "operation-location": "https://service.invalid/operation" },
            body: {},
            request: { url: "https://service.invalid/start", method: "PUT" },
          } as never,
        }),
        sendPollRequest: async () => {
          const task = await poll(describe);
          const status = task?.taskStatus === "COMPLETE" ? "Succeeded" : "Running";
          return {
            flatResponse: {},
            rawResponse: {
              statusCode: 200,
              headers: {},
              body: { status },
              request: { url: "https://service.invalid/operation", method: "GET" },
            } as never,
          };
        },
      },
      { skipFinalGet: true, ...(intervalMs === undefined ? {} : { intervalInMs: intervalMs }) } as never,
    );
    await poller.pollUntilDone({ abortSignal });
    return true;
  },
  "p-wait-for": async (describe, signal, intervalMs) => {
    const every = intervalMs === undefined ? {} : { interval: intervalMs };
    await pWaitFor(async () => (await poll(describe))?.taskStatus === "COMPLETE", { signal, ...every });
    return true;
  },
};

/** An error that is left after the retries counts as "not yet", which flatters: most would end the wait. */
async function poll(describe: () => Promise<Task>): Promise<Task | undefined> {
  try {
    return await withRetries(describe);
  } catch {
    return undefined;
  }
}
