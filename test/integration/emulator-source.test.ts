import { describe, it } from "vitest";
import { type Emulator, type Fault, startEmulator, type TaskSpec } from "../../src/emulator/index.ts";
import {
  BdrcClient,
  type OfficialClient,
  sourceFromOfficialClient,
  type TaskSource,
} from "../../src/index.ts";
import { isFinalStatus } from "../../src/task/status.ts";
import { type SourceScenario, sourceConformance } from "../../src/testing/index.ts";
import { call, officialClient } from "./emulator-official-client.ts";

const FAULTS: Readonly<Record<NonNullable<SourceScenario["fault"]>, Fault>> = {
  hang: { kind: "hang", at: "headers" },
  throttle: { kind: "refuse", code: "Throttling.User", retryAfterMs: 1500 },
  deny: { kind: "refuse", code: "NoPermission" },
  unavailable: { kind: "refuse", code: "ServiceUnavailable" },
};

/** A task that stays as it is. */
function still(task: SourceScenario["tasks"][number]): TaskSpec {
  const { taskStatus, progress, taskType = "UPDATE_RESOURCES" } = task;
  const fields = progress === undefined ? {} : { fields: { Progress: progress } };
  if (isFinalStatus(taskStatus)) {
    return { ...fields, taskType, status: taskStatus, durationMs: 0 };
  }
  return taskStatus === "CREATED"
    ? { ...fields, taskType, createdMs: "never" }
    : { ...fields, taskType, durationMs: "never" };
}

/** What makes a source of a running emulator. */
type Over = (emulator: Emulator) => { readonly source: TaskSource; close?(): Promise<void> };

function conforms(over: Over): void {
  sourceConformance({ describe, it }, async ({ tasks, fault }) => {
    const emulator = await startEmulator({ faults: () => (fault === undefined ? undefined : FAULTS[fault]) });
    const taskIds = tasks.map((task) => emulator.world.addTask(still(task)).taskId);
    const { source, close } = over(emulator);
    return {
      source,
      taskIds,
      requests: () => emulator.requests().length,
      close: async () => {
        // A call that the emulator leaves hanging would keep the client from closing.
        await emulator.stop();
        await close?.();
      },
    };
  });
}

describe("our client over the emulator", () => {
  conforms((emulator) => {
    const client = new BdrcClient(emulator.clientOptions);
    return { source: client, close: () => client.close() };
  });
});

describe("a client shaped like the official SDK's, on the official core, over the emulator", () => {
  conforms((emulator) => ({ source: sourceFromOfficialClient(sdkShaped(emulator)) }));
});

/** The SDK's methods and models, as it generates them over the core. */
function sdkShaped(emulator: Emulator): OfficialClient {
  const client = officialClient(emulator);
  return {
    describeTask: async (taskId) => sdkAnswer(await call(client, "DescribeTask", { taskId })),
    describeTasks: async (request: object) =>
      sdkAnswer(await call(client, "DescribeTasks", { query: wireQuery(request) })),
  };
}

function sdkAnswer(body: object) {
  return { statusCode: 200, headers: {}, body: camelCase(body) };
}

function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(camelCase);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).map(([name, inner]) => [
    name[0]?.toLowerCase() + name.slice(1),
    camelCase(inner),
  ]);
  return Object.fromEntries(entries);
}

function wireQuery(request: object): Record<string, string> {
  const entries = Object.entries(request).filter(([, value]) => typeof value !== "function");
  return Object.fromEntries(
    entries.map(([name, value]) => [name[0]?.toUpperCase() + name.slice(1), String(value)]),
  );
}
