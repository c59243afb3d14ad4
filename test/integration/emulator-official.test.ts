import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import { call, officialClient, officialUtil } from "./emulator-official-client.ts";

const started: Emulator[] = [];
async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  started.push(emulator);
  return emulator;
}

const util = { ...officialUtil, getNonce: officialUtil.getNonce, getTimestamp: officialUtil.getTimestamp };
afterEach(async () => {
  officialUtil.getNonce = util.getNonce;
  officialUtil.getTimestamp = util.getTimestamp;
  await Promise.all(started.splice(0).map((emulator) => emulator.stop()));
});

describe("the official client calls all four operations", () => {
  it("with a key pair", async () => {
    const emulator = await emulate();
    const client = officialClient(emulator);
    const update = await call(client, "UpdateResources", { form: { ResourceType: "ACS::OSS::Bucket" } });
    const check = await call(client, "CheckRules", {
      form: { ResourceArn: "acs:ecs:123:cn-shanghai:instance/i-001", RuleId: "rule-000dav" },
    });
    const one = await call(client, "DescribeTask", { taskId: update.Data.TaskId });
    expect(one.Data).toMatchObject({
      TaskId: update.Data.TaskId,
      TaskType: "UPDATE_RESOURCES",
      TaskDetail: '{"resourceTypes":["ACS::OSS::Bucket"]}',
    });
    const all = await call(client, "DescribeTasks", { query: { TaskStatus: "CREATED" } });
    expect(all.Data.Content.map((task: { TaskId: string }) => task.TaskId).sort()).toEqual(
      [update.Data.TaskId, check.Data.TaskId].sort(),
    );
    expect(emulator.requests().map(({ httpStatus }) => httpStatus)).toEqual([200, 200, 200, 200]);
  });
});
