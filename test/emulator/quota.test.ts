import { describe, expect, it } from "vitest";
import { TestGateway } from "./test-gateway.ts";

const KEYS = [
  { accessKeyId: "AK1", accessKeySecret: "one" },
  { accessKeyId: "AK2", accessKeySecret: "two" },
];

/** The codes of so many polls, `ok` for those let through; every call stays in flight unless it is to leave. */
function polls(gateway: TestGateway, count: number, key = KEYS[0], leave = true): string[] {
  return Array.from({ length: count }, () => {
    const { handled, code } = gateway.send("DescribeTask", {
      path: "/api/v1/tasks/t-1",
      ...(key ? { key } : {}),
    });
    if (leave) {
      handled.leave();
    }
    return code === undefined ? "ok" : code;
  });
}

function withQuota(options: ConstructorParameters<typeof TestGateway>[0]): TestGateway {
  const gateway = new TestGateway({ keys: KEYS, ...options });
  gateway.world.addTask({ taskId: "t-1", durationMs: "never" });
  return gateway;
}

describe("a quota", () => {
  it("counts in fixed windows of a second, each key and operation for itself", () => {
    const gateway = withQuota({ quota: { perSecond: 2 } });
    expect(polls(gateway, 3)).toEqual(["ok", "ok", "Throttling.User"]);
    expect(polls(gateway, 1, KEYS[1])).toEqual(["ok"]);
    expect(
      gateway.send("DescribeTasks", {
        path: "/api/v1/tasks",
        key: { ...KEYS[0], accessKeyId: "AK1", accessKeySecret: "one" },
      }).code,
    ).toBeUndefined();
    gateway.clock.advance(999);
    expect(polls(gateway, 1)).toEqual(["Throttling.User"]);
    gateway.clock.advance(1);
    expect(polls(gateway, 3)).toEqual(["ok", "ok", "Throttling.User"]);
  });

  it("is shared by the keys of one account", () => {
    const keys = KEYS.map((key) => ({ ...key, accountId: "1" }));
    const gateway = withQuota({ keys, quota: { perSecond: 2 } });
    expect([...polls(gateway, 1, keys[0]), ...polls(gateway, 2, keys[1])]).toEqual([
      "ok",
      "ok",
      "Throttling.User",
    ]);
  });

  it("counts in windows of a minute too, and throttled calls do not count", () => {
    const gateway = withQuota({ quota: { perSecond: 2, per60s: 5 } });
    const seen: string[] = [];
    for (let second = 0; second < 4; second += 1) {
      seen.push(
        polls(gateway, 3)
          .filter((code) => code === "ok")
          .length.toString(),
      );
      gateway.clock.advance(1000);
    }
    expect(seen).toEqual(["2", "2", "1", "0"]);
    gateway.clock.advance(56_000);
    expect(polls(gateway, 1)).toEqual(["ok"]);
  });

  it("can have windows of another length", () => {
    const gateway = withQuota({ quota: { perSecond: 1, windowMs: 250 } });
    expect(polls(gateway, 2)).toEqual(["ok", "Throttling.User"]);
    gateway.clock.advance(250);
    expect(polls(gateway, 1)).toEqual(["ok"]);
  });

  it("limits all callers of an operation together", () => {
    const gateway = withQuota({ quota: { perApi: 3 } });
    expect([...polls(gateway, 2), ...polls(gateway, 2, KEYS[1])]).toEqual([
      "ok",
      "ok",
      "ok",
      "Throttling.Api",
    ]);
  });

  it("limits calls in flight", () => {
    const gateway = withQuota({ quota: { concurrency: 1 } });
    const first = gateway.send("DescribeTask", {
      path: "/api/v1/tasks/t-1",
      key: { accessKeyId: "AK1", accessKeySecret: "one" },
    });
    expect(polls(gateway, 1)).toEqual(["Throttling.Api.Concurrency"]);
    expect(gateway.quota.counters("DescribeTask")).toEqual({ accepted: 1, throttled: 1, inFlight: 1 });
    first.handled.leave();
    first.handled.leave();
    expect(gateway.quota.counters("DescribeTask").inFlight).toBe(0);
    expect(polls(gateway, 2)).toEqual(["ok", "ok"]);
  });

  it("can be another one for a single operation", () => {
    const gateway = withQuota({ quota: { perSecond: 1, apis: { DescribeTask: { perSecond: 2 } } } });
    expect(polls(gateway, 3)).toEqual(["ok", "ok", "Throttling.User"]);
  });

  it.each([
    [{}, 400, "Throttling.User", undefined],
    [{ retryAfterHeader: true }, 400, "Throttling.User", "750"],
    [{ status: 429 as const }, 429, "Throttling.User", undefined],
    [{ status: 503 as const, retryAfterHeader: true }, 503, "ServiceUnavailable", "750"],
  ])("says so in the way %j", (throttle, status, code, retryAfter) => {
    const gateway = withQuota({ quota: { perSecond: 0 }, throttle });
    gateway.clock.advance(250);
    const { handled } = gateway.send("DescribeTask", {
      path: "/api/v1/tasks/t-1",
      key: { accessKeyId: "AK1", accessKeySecret: "one" },
    });
    expect([handled.answer.httpStatus, handled.answer.code]).toEqual([status, code]);
    expect(handled.answer.headers["x-acs-retry-after"]).toBe(retryAfter);
  });
});
