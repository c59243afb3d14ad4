import type { Task } from "../../src/task/task.ts";
import { load } from "./load.ts";

/** One poll of the task. */
export type Poll = () => Promise<Task>;

/** Somebody else's way to wait for the end of a task. */
export interface Rival {
  readonly name: string;
  /** Whether this is the published package itself, or its schedule written again here. */
  readonly isPublished: boolean;
  wait(poll: Poll): Promise<void>;
}

const MAX_SECONDS = 60 * 86_400;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Loads those that are published, and adds those that are not for Node. */
export async function loadRivals(): Promise<readonly Rival[]> {
  return [await smithy(), await coreLro(), await gax(), await pWaitFor(), aliyunCli(), terraform()];
}

async function smithy(): Promise<Rival> {
  interface Waiter {
    createWaiter(
      options: { readonly client: object; readonly maxWaitTime: number; minDelay: number; maxDelay: number },
      input: object,
      check: () => Promise<{ readonly state: string }>,
    ): Promise<{ readonly state: string }>;
    readonly WaiterState: { readonly SUCCESS: string; readonly RETRY: string };
  }
  const { createWaiter, WaiterState } = await load<Waiter>("@smithy/util-waiter");
  const options = { client: {}, maxWaitTime: MAX_SECONDS, minDelay: 2, maxDelay: 120 };
  return {
    name: "smithy 2..120 s",
    isPublished: true,
    wait: async (poll) => {
      const { state } = await createWaiter(options, {}, async () => {
        const { taskStatus } = await poll();
        return { state: taskStatus === "RUNNING" ? WaiterState.RETRY : WaiterState.SUCCESS };
      });
      expect(state === WaiterState.SUCCESS, "smithy", state);
    },
  };
}

async function coreLro(): Promise<Rival> {
  interface Response {
    readonly flatResponse: object;
    readonly rawResponse: {
      statusCode: number;
      headers: Record<string, string>;
      body: object;
      request: object;
    };
  }
  interface CoreLro {
    createHttpPoller(operation: {
      sendInitialRequest(): Promise<Response>;
      sendPollRequest(): Promise<Response>;
    }): { pollUntilDone(): Promise<unknown> };
  }
  const { createHttpPoller } = await load<CoreLro>("@azure/core-lro");
  const request = { method: "PUT", url: "https://example.com/task" };
  const respond = (status: string): Response => ({
    flatResponse: {},
    rawResponse: { statusCode: 200, headers: {}, body: { status }, request },
  });
  return {
    name: "core-lro 2 s",
    isPublished: true,
    wait: async (poll) => {
      const poller = createHttpPoller({
        sendInitialRequest: async () => ({
          flatResponse: {},
          rawResponse: {
            statusCode: 202,
            headers: { "operation-location": "https://example.com/status" },
            body: {},
            request,
          },
        }),
        sendPollRequest: async () =>
          respond((await poll()).taskStatus === "RUNNING" ? "Running" : "Succeeded"),
      });
      await poller.pollUntilDone();
    },
  };
}

async function gax(): Promise<Rival> {
  interface Gax {
    operation(operation: object, descriptor: object, backoff: object): { promise(): Promise<unknown> };
    createDefaultBackoffSettings(): object;
  }
  const module = await load<Gax & { readonly default?: Gax }>("google-gax");
  const { operation, createDefaultBackoffSettings } = module.default ?? module;
  return {
    name: "gax 0.1 s x1.3 <= 60 s",
    isPublished: true,
    wait: async (poll) => {
      const operationsClient = {
        getOperationInternal: async () => [{ done: (await poll()).taskStatus !== "RUNNING" }],
      };
      const started = { name: "task", done: false };
      await operation(started, { operationsClient }, createDefaultBackoffSettings()).promise();
    },
  };
}

async function pWaitFor(): Promise<Rival> {
  interface PWaitFor {
    default(condition: () => Promise<boolean>, options: { readonly interval: number }): Promise<void>;
  }
  const { default: waitFor } = await load<PWaitFor>("p-wait-for");
  return {
    name: "p-wait-for at 5 s",
    isPublished: true,
    wait: (poll) => waitFor(async () => (await poll()).taskStatus !== "RUNNING", { interval: 5000 }),
  };
}

/** aliyun-cli (Go): polls, then sleeps 5 s. */
function aliyunCli(): Rival {
  return {
    name: "aliyun-cli 5 s",
    isPublished: false,
    wait: async (poll) => {
      while ((await poll()).taskStatus === "RUNNING") {
        await sleep(5000);
      }
    },
  };
}

/** terraform-plugin-sdk (Go): sleeps 0.2 s, doubled after each poll up to 10 s. */
function terraform(): Rival {
  return {
    name: "terraform <= 10 s",
    isPublished: false,
    wait: async (poll) => {
      for (
        let sleepMs = 200;
        (await poll()).taskStatus === "RUNNING";
        sleepMs = Math.min(10_000, 2 * sleepMs)
      ) {
        await sleep(sleepMs);
      }
    },
  };
}

function expect(holds: boolean, rival: string, state: string): void {
  if (!holds) {
    throw new Error(`${rival} ended with ${state}`);
  }
}
