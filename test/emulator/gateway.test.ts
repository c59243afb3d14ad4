import { describe, expect, it } from "vitest";
import { HOST, KEY, TestGateway } from "./test-gateway.ts";

const MINUTE = 60_000;
const OLD = { ...KEY, accessKeySecret: "not the secret" };

describe("the gateway's refusals", () => {
  it.each<[string, () => ReturnType<TestGateway["send"]>, number, string]>([
    [
      "no Authorization",
      () => new TestGateway().describe("t-1", { authorization: "none" }),
      400,
      "MissingAccessKeyId",
    ],
    [
      "an unknown key",
      () =>
        new TestGateway().send("DescribeTask", {
          path: "/api/v1/tasks/t-1",
          key: { ...KEY, accessKeyId: "AK2" },
        }),
      404,
      "InvalidAccessKeyId.NotFound",
    ],
    [
      "a disabled key",
      () => new TestGateway({ keys: [{ ...KEY, disabled: true }] }).describe("t-1"),
      400,
      "InvalidAccessKeyId.Inactive",
    ],
    [
      "a wrong secret",
      () => new TestGateway().send("DescribeTask", { path: "/api/v1/tasks/t-1", key: OLD }),
      400,
      "SignatureDoesNotMatch",
    ],
    [
      "an Authorization of another kind",
      () => new TestGateway().describe("t-1", { authorization: "Bearer x" }),
      400,
      "IncompleteSignature",
    ],
    [
      "no date",
      () => new TestGateway().describe("t-1", { "x-acs-date": undefined }),
      400,
      "InvalidTimeStamp.Format",
    ],
    [
      "a date with milliseconds",
      () => new TestGateway().describe("t-1", { "x-acs-date": "2026-11-23T08:00:00.000Z" }),
      400,
      "InvalidTimeStamp.Format",
    ],
    [
      "a date that no calendar has",
      () => new TestGateway().describe("t-1", { "x-acs-date": "2026-13-41T08:00:00Z" }),
      400,
      "InvalidTimeStamp.Format",
    ],
    [
      "no nonce",
      () => new TestGateway().describe("t-1", { "x-acs-signature-nonce": undefined }),
      400,
      "MissingSignatureNonce",
    ],
    [
      "another version",
      () => new TestGateway().describe("t-1", { "x-acs-version": "2014-05-26" }),
      400,
      "InvalidVersion",
    ],
    [
      "no version",
      () => new TestGateway().describe("t-1", { "x-acs-version": undefined }),
      400,
      "MissingVersion",
    ],
    [
      "an action that the path is not",
      () => new TestGateway().describe("t-1", { "x-acs-action": "CheckRules" }),
      404,
      "InvalidAction.NotFound",
    ],
    [
      "an unknown path",
      () => new TestGateway().send("DescribeTask", { path: "/api/v2/tasks/t-1" }),
      404,
      "InvalidAction.NotFound",
    ],
    [
      "the wrong method",
      () => new TestGateway().send("DescribeTask", { method: "POST", path: "/api/v1/tasks/t-1" }),
      404,
      "InvalidAction.NotFound",
    ],
    [
      "a path of two ids",
      () => new TestGateway().send("DescribeTask", { path: "/api/v1/tasks/t-1/t-2" }),
      404,
      "InvalidAction.NotFound",
    ],
    [
      "a broken encoding in the path",
      () => new TestGateway().send("DescribeTask", { path: "/api/v1/tasks/%E0%A4%A" }),
      404,
      "InvalidAction.NotFound",
    ],
    [
      "another host",
      () => new TestGateway().describe("t-1", { host: "example.com" }),
      404,
      "InvalidProduct.NotFound",
    ],
    ["an unknown task", () => new TestGateway().describe("t-1"), 400, "InvalidTask.NotFound"],
    [
      "a check without a resource",
      () => new TestGateway().send("CheckRules", { method: "POST", path: "/api/v1/rules/check" }),
      400,
      "MissingResourceArn",
    ],
  ])("%s", (_case, ask, status, code) => {
    const { handled, body } = ask();
    expect([handled.answer.httpStatus, handled.answer.code]).toEqual([status, code]);
    expect(body).toMatchObject({ Code: code, RequestId: handled.answer.headers["x-acs-request-id"] });
    expect(body["Recommend"]).toContain(String(body["RequestId"]));
    expect(body["RequestId"]).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    expect(handled.answer.headers["content-type"]).toBe("application/json;charset=utf-8");
    expect(handled.answer.headers["x-acs-trace-id"]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("come in the service's order: each mistake hides those after it", () => {
    const gateway = new TestGateway({
      keys: [{ ...KEY, securityToken: "token" }],
      policy: { denied: ["DescribeTask"] },
      quota: { apis: { DescribeTask: { perSecond: 0 } } },
    });
    const nonce = "used";
    gateway.describe("t-1", { "x-acs-signature-nonce": nonce });
    const wrong = { path: "/api/v1/tasks/t-1", key: { ...OLD, securityToken: "other" } };
    const codes = [
      { authorization: "none", "x-acs-date": "x" },
      { authorization: "Credential=", "x-acs-date": "x" },
      { "x-acs-date": "x", "x-acs-signature-nonce": nonce },
      { "x-acs-date": gateway.date(-16 * MINUTE), "x-acs-signature-nonce": nonce },
      { "x-acs-signature-nonce": nonce },
      {},
    ].map((set) => gateway.send("DescribeTask", { ...wrong, set }).code);
    codes.push(gateway.send("DescribeTask", { ...wrong, key: { ...KEY, securityToken: "other" } }).code);
    codes.push(gateway.send("DescribeTask", { ...wrong, key: { ...KEY, securityToken: "token" } }).code);
    expect(codes).toEqual([
      "MissingAccessKeyId",
      "IncompleteSignature",
      "InvalidTimeStamp.Format",
      "InvalidTimeStamp.Expired",
      "SignatureNonceUsed",
      "SignatureDoesNotMatch",
      "InvalidSecurityToken.Malformed",
      "NoPermission",
    ]);
  });

  it("say throttled before they say that a parameter is wrong", () => {
    const gateway = new TestGateway({ quota: { perSecond: 0 } });
    expect(gateway.describe("t-unknown").code).toBe("Throttling.User");
  });
});

describe("the access policy", () => {
  it("denies the operations it names, and says why", () => {
    const gateway = new TestGateway({ policy: { denied: ["DescribeTask"] } });
    expect(gateway.describe("t-1")).toMatchObject({
      status: 403,
      code: "NoPermission",
      body: {
        Message: "You are not authorized to do this operation. Action: bdrc:DescribeTask",
        AccessDeniedDetail: { AuthAction: "bdrc:DescribeTask", NoPermissionType: "ImplicitDeny" },
      },
    });
    expect(gateway.list().status).toBe(200);
  });

  it("has the other code in use, and can be silent", () => {
    const gateway = new TestGateway({
      policy: { denied: ["DescribeTask"], code: "Forbidden.RAM", detail: false },
    });
    const { status, code, body } = gateway.describe("t-1");
    expect([status, code, body["AccessDeniedDetail"]]).toEqual([403, "Forbidden.RAM", undefined]);
  });
});

describe("an unknown task", () => {
  it.each([
    [404, "EntityNotExist.Task", 404, "EntityNotExist.Task"],
    [200, "", 200, undefined],
  ])("can be answered with %i %s", (httpStatus, code, status, apiCode) => {
    const gateway = new TestGateway({ style: { unknownTask: { httpStatus, code } } });
    const answer = gateway.describe("t-1");
    expect([answer.status, answer.code]).toEqual([status, apiCode]);
    if (status === 200) {
      expect(answer.body["Data"]).toEqual({});
    }
  });

  it("is known by its host in the answer", () => {
    expect(new TestGateway().describe("t-1").body["HostId"]).toBe(HOST);
  });
});
