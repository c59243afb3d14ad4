import { describe, expect, it } from "vitest";
import { call, officialClient, refusal } from "./emulator-official-client.ts";
import { startedEmulators } from "./started-emulators.ts";

const emulate = startedEmulators();

const HOUR = 3_600_000;
const TEMPORARY = {
  accessKeyId: "STS.1",
  accessKeySecret: "temporary secret",
  securityToken: "token+/= one",
};

describe("the official client calls all four operations", () => {
  it.each([
    ["a key pair", () => ({})],
    [
      "a temporary key",
      () => ({
        accessKeyId: TEMPORARY.accessKeyId,
        accessKeySecret: TEMPORARY.accessKeySecret,
        securityToken: TEMPORARY.securityToken,
      }),
    ],
    ["a bearer token", () => ({ bearerToken: "bearer-1" })],
  ])("with %s", async (_kind, config) => {
    const emulator = await emulate({
      keys: [
        { accessKeyId: "AK1", accessKeySecret: "one" },
        { ...TEMPORARY, expiresAtMs: Date.now() + HOUR },
      ],
      bearers: [{ bearerToken: "bearer-1" }],
    });
    const client = officialClient(emulator, config());
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
    const all = await call(client, "DescribeTasks", { query: { MaxResults: "500" } });
    expect(all.Data.Content.map((task: { TaskId: string }) => task.TaskId).sort()).toEqual(
      [update.Data.TaskId, check.Data.TaskId].sort(),
    );
    expect(emulator.requests().map(({ httpStatus }) => httpStatus)).toEqual([200, 200, 200, 200]);
  });

  it("starts everything with an empty form", async () => {
    const { Data } = await call(officialClient(await emulate()), "UpdateResources");
    expect(Data.TaskId).toMatch(/^t-[0-9a-z]{20}$/);
  });

  it("pages through 1,234 tasks", async () => {
    const emulator = await emulate({ tasks: [{ count: 1234 }] });
    const client = officialClient(emulator);
    const seen = new Set<string>();
    let token: string | undefined;
    let pages = 0;
    do {
      const query: Record<string, string> = { MaxResults: "100", TaskStatus: "RUNNING" };
      const { Data } = await call(client, "DescribeTasks", {
        query: token === undefined ? query : { ...query, NextToken: token },
      });
      for (const { TaskId } of Data.Content) {
        seen.add(TaskId);
      }
      token = Data.NextToken || undefined;
      pages += 1;
    } while (token !== undefined);
    expect([pages, seen.size]).toEqual([13, 1234]);
  });

  it("is understood whatever characters its query has", async () => {
    const client = officialClient(await emulate({ tasks: [{ taskType: "!'()*~ +/=" }] }));
    const { Data } = await call(client, "DescribeTasks", { query: { TaskType: "!'()*~ +/=" } });
    expect(Data.Content).toHaveLength(1);
  });

  it("waits as long as it is told when it is throttled", async () => {
    const emulator = await emulate({ quota: { perSecond: 0 }, retryAfterHeader: true });
    const error = await refusal(emulator, "DescribeTask", { taskId: "t-1" });
    expect(error).toMatchObject({ name: "ThrottlingError", code: "Throttling.User", statusCode: 400 });
    expect(error["retryAfter"]).toBeGreaterThan(0);
    expect(error["retryAfter"]).toBeLessThanOrEqual(1000);
  });
});
