import { describe, expect, it } from "vitest";
import { StartPlan } from "../../src/emulator/world/start-plan.ts";
import { TestGateway } from "./test-gateway.ts";

function withTasks(count: number, options: ConstructorParameters<typeof TestGateway>[0] = {}): TestGateway {
  const gateway = new TestGateway(options);
  for (let n = 0; n < count; n += 1) {
    gateway.world.addTask({ durationMs: 10_000 });
  }
  return gateway;
}

describe("DescribeTasks", () => {
  it.each([
    ["", 10],
    ["1", 10],
    ["-5", 10],
    ["10", 10],
    ["499", 499],
    ["501", 500],
    ["999999999", 500],
  ])("takes MaxResults %j for %i instead of refusing it", (given, taken) => {
    const { data } = withTasks(600).list({ MaxResults: given });
    expect([data.MaxResults, data.Content.length]).toEqual([taken, taken]);
  });

  it.each([
    [{ MaxResults: "ten" }, "InvalidMaxResults"],
    [{ MaxResults: "1e3" }, "InvalidMaxResults"],
    [{ TaskStatus: "DONE" }, "InvalidTaskStatus"],
    [{ NextToken: "x" }, "InvalidNextToken"],
    [{ NextToken: "" }, undefined],
    [{ TaskStatus: "" }, undefined],
  ])("answers %j with %s", (query, code) => {
    expect(withTasks(1).list(query).code).toBe(code);
  });

  it("shows every task once over all pages of a still world, and then no token", () => {
    const gateway = withTasks(95);
    const seen: string[] = [];
    let token = "";
    let pages = 0;
    do {
      const { data } = gateway.list({ MaxResults: "20", ...(token === "" ? {} : { NextToken: token }) });
      seen.push(...data.Content.map(({ TaskId }) => TaskId));
      token = data.NextToken;
      pages += 1;
    } while (token !== "");
    expect([pages, seen.length, new Set(seen).size]).toEqual([5, 95, 95]);
  });

  it("shows pages that shift while tasks end, so that absence proves nothing", () => {
    const gateway = withTasks(40);
    const first = gateway.list({ MaxResults: "20", TaskStatus: "RUNNING" }).data;
    for (const { TaskId } of first.Content.slice(0, 5)) {
      gateway.world.cancel(TaskId);
    }
    const second = gateway.list({ MaxResults: "20", TaskStatus: "RUNNING", NextToken: first.NextToken }).data;
    // Five running tasks moved to the first page after it was read.
    expect(second.Content).toHaveLength(15);
    expect(second.NextToken).toBe("");
  });

  it("has tokens that expire, and that go with one question only", () => {
    const gateway = withTasks(40, { tokenMs: 60_000 });
    const { NextToken } = gateway.list({ MaxResults: "20" }).data;
    expect(gateway.list({ NextToken, TaskStatus: "RUNNING" }).code).toBe("InvalidNextToken");
    gateway.clock.advance(59_999);
    expect(gateway.list({ NextToken }).code).toBeUndefined();
    gateway.clock.advance(1);
    expect(gateway.list({ NextToken }).code).toBe("InvalidNextToken");
  });

  it("refuses a token that was changed, or is another emulator's", () => {
    const { NextToken } = withTasks(40).list({ MaxResults: "20" }).data;
    expect(withTasks(40).list({ NextToken }).code).toBe("InvalidNextToken");
    const gateway = withTasks(40);
    const own = gateway.list({ MaxResults: "20" }).data.NextToken;
    const bytes = Buffer.from(own, "base64");
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    expect(gateway.list({ NextToken: bytes.toString("base64") }).code).toBe("InvalidNextToken");
  });

  it("filters by TaskType, or does not, and tells the total only when told so", () => {
    const add = (gateway: TestGateway) => {
      gateway.world.addTask({ taskType: "TEST" });
      gateway.world.addTask({ taskType: "CHECK_RULES" });
      return gateway.list({ TaskType: "TEST" }).data;
    };
    expect(add(new TestGateway()).Content).toHaveLength(1);
    expect(add(new TestGateway())).not.toHaveProperty("TotalCount");
    const other = add(new TestGateway({ style: { taskTypeFilter: false, totalCount: true } }));
    expect([other.Content.length, other.TotalCount]).toEqual([2, 2]);
  });
});

describe("the operations that start tasks", () => {
  const post = (
    gateway: TestGateway,
    action: "UpdateResources" | "CheckRules",
    form: Record<string, string>,
  ) =>
    gateway.send(action, {
      method: "POST",
      path: action === "CheckRules" ? "/api/v1/rules/check" : "/api/v1/resources/update",
      body: Buffer.from(new URLSearchParams(form).toString()),
      set: { "content-type": "application/x-www-form-urlencoded" },
    });
  const wire = (gateway: TestGateway, body: Record<string, unknown>) =>
    gateway.world.task((body["Data"] as { TaskId: string }).TaskId)?.wire;

  it("start an update of all resources, or of one type, with a result at its end", () => {
    const gateway = new TestGateway();
    const all = post(gateway, "UpdateResources", {});
    const one = post(gateway, "UpdateResources", { ResourceType: "ACS::OSS::Bucket" });
    expect(JSON.parse(String(wire(gateway, all.body)?.["TaskDetail"]))).toMatchObject({
      resourceTypes: { length: 4 },
    });
    expect(wire(gateway, one.body)).toMatchObject({ TaskType: "UPDATE_RESOURCES", TaskStatus: "CREATED" });
    gateway.clock.advance(60_000);
    expect(wire(gateway, one.body)).toMatchObject({
      TaskStatus: "COMPLETE",
      TaskResult: '{"resourceCounts":[{"resourceType":"ACS::OSS::Bucket","count":2}]}',
    });
  });

  it("start a check of all rules, or of one", () => {
    const gateway = new TestGateway();
    const { body } = post(gateway, "CheckRules", { ResourceArn: "acs:ecs:1", RuleId: "rule-1" });
    expect(wire(gateway, body)).toMatchObject({
      TaskType: "CHECK_RULES",
      TaskDetail: '{"resourceArn":"acs:ecs:1","ruleId":"rule-1"}',
    });
    expect(post(gateway, "CheckRules", { ResourceArn: "nonsense" }).code).toBe("InvalidParameter");
    expect(gateway.world.size).toBe(1);
  });

  it.each([
    ["separate", [1, 2, 3, 4, 5]],
    ["merged", [1, 1, 3, 4, 5]],
    ["refused", [1, "OperationConflict", 3, 4, 5]],
  ] as const)("are %s while the same task has not ended", (concurrentStarts, expected) => {
    const gateway = new TestGateway({ style: { concurrentStarts } });
    const ids: unknown[] = [];
    const start = (action: "UpdateResources" | "CheckRules", form: Record<string, string>) => {
      const { code, body } = post(gateway, action, form);
      const taskId = code ?? (body["Data"] as { TaskId: string }).TaskId;
      ids.push(taskId);
      return code ?? ids.indexOf(taskId) + 1;
    };
    const first = start("UpdateResources", {});
    gateway.clock.advance(2000);
    const seen = [
      first,
      start("UpdateResources", {}),
      start("UpdateResources", { ResourceType: "ACS::OSS::Bucket" }),
      start("CheckRules", { ResourceArn: "acs:ecs:1" }),
    ];
    gateway.clock.advance(60_000);
    expect([...seen, start("UpdateResources", {})]).toEqual(expected);
  });

  it("start one after the other what a list of the scenario says, and then its last, each type by itself", () => {
    const update = { durationMs: 100, status: "FAILED" } as const;
    const gateway = new TestGateway({
      style: {
        concurrentStarts: "refused",
        starts: new StartPlan({
          UPDATE_RESOURCES: [update, { ...update, status: "CANCELED" }, { durationMs: 100 }],
        }),
      },
    });
    const seen: unknown[] = [];
    for (let n = 0; n < 4; n++) {
      post(gateway, "CheckRules", { ResourceArn: "acs:ecs:1" });
      const { body } = post(gateway, "UpdateResources", {});
      // Refused, because the first one runs: it is nobody's turn.
      expect(post(gateway, "UpdateResources", {}).code).toBe("OperationConflict");
      gateway.clock.advance(60_000);
      seen.push(wire(gateway, body)?.["TaskStatus"]);
    }
    expect(seen).toEqual(["FAILED", "CANCELED", "COMPLETE", "COMPLETE"]);
  });

  it("start what the scenario says, as often as they are called", () => {
    const gateway = new TestGateway({
      style: {
        starts: new StartPlan({ UPDATE_RESOURCES: { taskId: "t-fixed", durationMs: 100, status: "FAILED" } }),
      },
    });
    const bodies = [post(gateway, "UpdateResources", {}).body, post(gateway, "UpdateResources", {}).body];
    gateway.clock.advance(60_000);
    expect(bodies.map((body) => wire(gateway, body)?.["TaskStatus"])).toEqual(["FAILED", "FAILED"]);
  });
});
