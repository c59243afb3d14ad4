import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { presets } from "../../src/apis/presets.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { installed } from "./npm.ts";

// What is used of Alibaba Cloud's own clients, which are CommonJS: their models say of each field which it is.
interface Answer {
  readonly statusCode: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly constructor: { readonly name: string } };
}
type Client = Readonly<Record<string, (request: object) => Promise<Answer>>>;
type Official = Readonly<Record<string, new (fields: object) => object>> & {
  readonly default: new (config: object) => Client;
};

const NAMES = ["ecs-task", "ecs-command", "ecs-instance", "ecs-snapshot", "ros-stack"] as const;
let emulator: Emulator;
let ecs: (operation: string, fields: object) => Promise<Answer>;
let ros: (operation: string, fields: object) => Promise<Answer>;

beforeAll(async () => {
  const load = await installed("official");
  emulator = await startEmulator({
    apis: NAMES.map((name) => presets[name]),
    tasks: [
      { taskId: "good-1", durationMs: 0 },
      { taskId: "bad-1", durationMs: 0, end: "FAILED", errorMessage: "no space" },
      { taskId: "long-1", durationMs: "never" },
      { taskId: "i-1", durationMs: 0, stages: [{ afterMs: 0, status: "Stopped" }] },
    ],
  });
  ecs = caller(load("@alicloud/ecs20140526") as Official);
  ros = caller(load("@alicloud/ros20190910") as Official);
}, 300_000);

afterAll(async () => {
  await emulator?.stop();
});

function caller(official: Official): typeof ecs {
  const { endpoint, ...keys } = emulator.clientOptions;
  const client = new official.default({ ...keys, endpoint: new URL(endpoint).host, protocol: "HTTP" });
  return async (operation, fields) => {
    const Request = official[`${operation[0]?.toUpperCase()}${operation.slice(1)}Request`];
    return await (client[operation] as Client[string])(
      new (Request as Official[string])({ regionId: keys.regionId, ...fields }),
    );
  };
}

describe("the official client of ECS reads into its own models, at the emulator,", () => {
  test("a task that has ended well, and one that has not", async () => {
    const { statusCode, body } = await ecs("describeTaskAttribute", { taskId: "good-1" });
    expect(statusCode).toBe(200);
    expect(body.constructor.name).toBe("DescribeTaskAttributeResponseBody");
    expect(body).toMatchObject({
      taskId: "good-1",
      taskStatus: "Finished",
      taskProcess: "100%",
      failedCount: 0,
    });
    expect(body["creationTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/);
    expect((await ecs("describeTaskAttribute", { taskId: "bad-1" })).body).toMatchObject({
      taskStatus: "Failed",
    });
  });

  test("the error of a task that there is not", async () => {
    await expect(ecs("describeTaskAttribute", { taskId: "nobody-1" })).rejects.toMatchObject({
      code: "InvalidTaskId.NotFound",
    });
  });

  test("a command's invocation", async () => {
    const { body } = await ecs("describeInvocations", { invokeId: "long-1" });
    expect(body["invocations"]).toMatchObject({
      invocation: [{ invokeId: "long-1", invocationStatus: "Running" }],
    });
  });

  test("many snapshots and many instances, of a call that names them all", async () => {
    const snapshots = (await ecs("describeSnapshots", { snapshotIds: '["good-1","long-1","nobody-1"]' }))
      .body;
    const { snapshot } = snapshots["snapshots"] as { snapshot: { snapshotId: string; status: string }[] };
    expect(new Map(snapshot.map(({ snapshotId, status }) => [snapshotId, status]))).toEqual(
      new Map([
        ["good-1", "accomplished"],
        ["long-1", "progressing"],
      ]),
    );
    const instances = (await ecs("describeInstanceStatus", { instanceId: ["i-1"] })).body;
    expect(instances).toMatchObject({
      totalCount: 1,
      instanceStatuses: { instanceStatus: [{ instanceId: "i-1", status: "Stopped" }] },
    });
  });
});

describe("the official client of ROS reads into its own models, at the emulator,", () => {
  test("a stack that runs, one that was made, and one that failed with its reason", async () => {
    const running = (await ros("getStack", { stackId: "long-1", showResourceProgress: "PercentageOnly" }))
      .body;
    expect(running.constructor.name).toBe("GetStackResponseBody");
    expect(running).toMatchObject({ stackId: "long-1", status: "CREATE_IN_PROGRESS" });
    expect(running["resourceProgress"]).toMatchObject({ stackOperationProgress: expect.any(Number) });
    expect((await ros("getStack", { stackId: "good-1" })).body).toMatchObject({ status: "CREATE_COMPLETE" });
    expect((await ros("getStack", { stackId: "bad-1" })).body).toMatchObject({
      status: expect.stringContaining("FAILED"),
      statusReason: "no space",
    });
  });
});

test("taskwait reads the same states from the same answers", async () => {
  const statesOf = async (name: (typeof NAMES)[number], taskId: string) => {
    const source = taskApiSource(presets[name], {
      ...emulator.clientOptions,
      ...(name === "ecs-instance" ? { until: "Stopped" } : {}),
    });
    const { taskStatus, serviceStatus } = await source.describe(taskId, {});
    await source.close();
    return [taskStatus, serviceStatus];
  };
  expect(await statesOf("ecs-task", "good-1")).toEqual(["COMPLETE", "Finished"]);
  expect(await statesOf("ecs-snapshot", "long-1")).toEqual(["RUNNING", "progressing"]);
  expect(await statesOf("ecs-instance", "i-1")).toEqual(["COMPLETE", "Stopped"]);
  expect(await statesOf("ros-stack", "bad-1")).toEqual(["FAILED", "CREATE_FAILED"]);
});
