import { describe, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { type Fault, startEmulator, type TaskSpec } from "../../src/emulator/index.ts";
import { isFinalStatus } from "../../src/task/status.ts";
import { type SourceScenario, sourceConformance } from "../../src/testing/index.ts";

const FAULTS: Readonly<Record<NonNullable<SourceScenario["fault"]>, Fault>> = {
  hang: { kind: "hang", at: "headers" },
  throttle: { kind: "refuse", code: "Throttling.User", retryAfterMs: 1500 },
  deny: { kind: "refuse", code: "NoPermission" },
  unavailable: { kind: "refuse", code: "ServiceUnavailable" },
};

/** A task that looks so at every moment. */
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

describe("our client over the emulator", () => {
  sourceConformance({ describe, it }, async ({ tasks, fault }) => {
    const emulator = await startEmulator({ faults: () => (fault === undefined ? undefined : FAULTS[fault]) });
    const taskIds = tasks.map((task) => emulator.world.addTask(still(task)).taskId);
    const source = new BdrcClient(emulator.clientOptions);
    return {
      source,
      taskIds,
      requests: () => emulator.requests().length,
      close: async () => {
        // A call that the emulator leaves hanging would keep the client from closing.
        await emulator.stop();
        await source.close();
      },
    };
  });
});
