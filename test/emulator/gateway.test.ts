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

describe("the clock window", () => {
  it("is 15 minutes to either side", () => {
    const gateway = new TestGateway();
    const code = (offsetMs: number) => gateway.describe("t-1", { "x-acs-date": gateway.date(offsetMs) }).code;
    expect([-15 * MINUTE, 15 * MINUTE].map(code)).toEqual(["InvalidTask.NotFound", "InvalidTask.NotFound"]);
    expect([-15 * MINUTE - 1000, 15 * MINUTE + 1000].map(code)).toEqual([
      "InvalidTimeStamp.Expired",
      "InvalidTimeStamp.Expired",
    ]);
  });
});

describe("a nonce", () => {
  it("is used up for its key, for 15 minutes at least", () => {
    const other = { accessKeyId: "AK2", accessKeySecret: "two" };
    const gateway = new TestGateway({ keys: [KEY, other] });
    const send = (key = KEY) =>
      gateway.send("DescribeTask", { path: "/api/v1/tasks/t-1", key, set: { "x-acs-signature-nonce": "n" } })
        .code;
    expect([send(), send(), send(other)]).toEqual([
      "InvalidTask.NotFound",
      "SignatureNonceUsed",
      "InvalidTask.NotFound",
    ]);
    gateway.clock.advance(15 * MINUTE - 1);
    expect(send()).toBe("SignatureNonceUsed");
    gateway.clock.advance(31 * MINUTE);
    expect(send()).toBe("InvalidTask.NotFound");
  });
});

describe("the signature check", () => {
  it("refuses a body that is not the one signed", () => {
    const gateway = new TestGateway();
    const request = gateway.signed("CheckRules", {
      method: "POST",
      path: "/api/v1/rules/check",
      body: Buffer.from("ResourceArn=acs%3A1"),
    });
    expect(gateway.handle({ ...request, body: Buffer.from("ResourceArn=acs%3A2") }).answer.code).toBe(
      "SignatureDoesNotMatch",
    );
  });

  it("refuses a query, a path, a method or a signed header that was changed on the way", () => {
    const gateway = new TestGateway();
    const request = () =>
      gateway.signed("DescribeTasks", { path: "/api/v1/tasks", query: [["MaxResults", "10"]] });
    const changed = [
      { ...request(), query: [["MaxResults", "11"]] as const },
      { ...request(), query: [] },
      (({ headers, ...rest }) => ({ ...rest, headers: { ...headers, "x-acs-date": gateway.date(1000) } }))(
        request(),
      ),
    ];
    expect(changed.map((one) => gateway.handle(one).answer.code)).toEqual(
      Array(3).fill("SignatureDoesNotMatch"),
    );
    expect(gateway.handle(request()).answer.httpStatus).toBe(200);
  });

  it("refuses an x-acs header that came along unsigned", () => {
    const gateway = new TestGateway();
    const request = gateway.signed("DescribeTasks", { path: "/api/v1/tasks" });
    const headers = { ...request.headers, "x-acs-smuggled": "1" };
    expect(gateway.handle({ ...request, headers }).answer.code).toBe("IncompleteSignature");
  });

  it("echoes what it would have signed, as the service does", () => {
    const { body } = new TestGateway().send("DescribeTask", { path: "/api/v1/tasks/t-1", key: OLD });
    expect(body["Message"]).toContain("server CanonicalRequest is [GET\n/api/v1/tasks/t-1\n");
    expect(body["Message"]).not.toContain(KEY.accessKeySecret);
  });

  it("is not fooled by names that every object has", () => {
    const gateway = new TestGateway();
    const code = (authorization: string) => gateway.describe("t-1", { authorization }).code;
    const signature = "0".repeat(64);
    expect(code(`ACS3-HMAC-SHA256 Credential=__proto__,SignedHeaders=host,Signature=${signature}`)).toBe(
      "InvalidAccessKeyId.NotFound",
    );
    expect(
      code(`ACS3-HMAC-SHA256 Credential=AK1,SignedHeaders=constructor;host,Signature=${signature}`),
    ).toBe("IncompleteSignature");
  });
});

describe("the published examples of signatures", () => {
  const key = { accessKeyId: "YourAccessKeyId", accessKeySecret: "YourAccessKeySecret" };
  const host = "bdrc.cn-shanghai.aliyuncs.com";
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const common = {
    host,
    "x-acs-date": "2026-08-22T12:34:56Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2023-08-08",
  };
  const sts = { ...key, securityToken: "YourSecurityToken" };
  const odd = [
    ["MaxResults", "500"],
    ["NextToken", "cae+/=*~ 699!"],
    ["TaskStatus", "RUNNING"],
    ["TaskType", "UPDATE_RESOURCES"],
  ] as const;
  const form = "ResourceArn=acs%3Aecs%3A123%3Acn-shanghai%3Ainstance%2Fi-001&RuleId=rule-000dav";

  it.each([
    {
      name: "a look at a task, with the provider's name signed",
      action: "DescribeTask",
      method: "GET",
      path: "/api/v1/tasks/t-1",
      query: [],
      body: "",
      headers: { "x-acs-credentials-provider": "static_ak", "x-acs-content-sha256": empty },
      signature: "d3667088b951f749ae3b54d0f94ceb41b325a28a0f49616312dc68de53ee6046",
    },
    {
      name: "a look at a task, with the least that has to be signed",
      action: "DescribeTask",
      method: "GET",
      path: "/api/v1/tasks/t-1",
      query: [],
      body: "",
      headers: { "x-acs-content-sha256": empty },
      signature: "53e80ad46abbf28f5907f1cca892c7d2c776d30b73ba3434f4d64022756f882a",
    },
    {
      name: "a listing under a temporary key, with an odd query",
      action: "DescribeTasks",
      method: "GET",
      path: "/api/v1/tasks",
      query: odd,
      body: "",
      headers: {
        "x-acs-accesskey-id": "YourAccessKeyId",
        "x-acs-security-token": "YourSecurityToken",
        "x-acs-credentials-provider": "static_sts",
        "x-acs-content-sha256": empty,
      },
      signature: "4cf23fa256b639eab4c597bcb81a0cc01ea33e6b1cc3a857eb0ac29a400100d7",
    },
    {
      name: "a start with a form",
      action: "CheckRules",
      method: "POST",
      path: "/api/v1/rules/check",
      query: [],
      body: form,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-acs-credentials-provider": "static_ak",
        "x-acs-content-sha256": "4b01573be3a19ac52aeec658139e03543d86d50cff83ee13e1de7d7dccb4d59e",
      },
      signature: "f976131dff385372421ebdbe53126c6bebfc57a2296cf5b7a90ec05d4b26bd8e",
    },
    {
      name: "a start with an empty form",
      action: "UpdateResources",
      method: "POST",
      path: "/api/v1/resources/update",
      query: [],
      body: "",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-acs-credentials-provider": "static_ak",
        "x-acs-content-sha256": empty,
      },
      signature: "d58a57806da7620cc8cbd94e83959cca785f6ccb12b59325431a666f081af084",
    },
  ])("are accepted: $name", ({ action, method, path, query, body, headers, signature }) => {
    const keyInUse = "x-acs-security-token" in headers ? sts : key;
    const gateway = new TestGateway({ keys: [keyInUse], hosts: [host] });
    gateway.clock.nowMs = Date.parse(common["x-acs-date"]);
    const signed = { ...common, ...headers, "x-acs-action": action };
    const send = (claimed: string, nonce: string) =>
      gateway.handle({
        method,
        path,
        query,
        headers: {
          ...signed,
          "x-acs-signature-nonce": nonce,
          authorization: `ACS3-HMAC-SHA256 Credential=${key.accessKeyId},SignedHeaders=${Object.keys(signed).sort().join(";")},Signature=${claimed}`,
        },
        body: Buffer.from(body),
      }).answer.code;
    // V2's token is no NextToken of ours, and V1's task does not exist: whoever says so has let the caller in.
    expect(String(send(signature, common["x-acs-signature-nonce"]))).not.toMatch(
      /Signature|Key|Token\.|TimeStamp/,
    );
    expect(send(signature, "another nonce")).toBe("SignatureDoesNotMatch");
  });
});

describe("temporary keys and bearers", () => {
  const temporary = { ...KEY, securityToken: "token one", expiresAtMs: Date.UTC(2026, 10, 23, 9) };
  const others = [{ accessKeyId: "AK2", accessKeySecret: "two", securityToken: "token two" }];
  const send = (gateway: TestGateway, token: string | undefined) =>
    gateway.describe("t-1", { "x-acs-security-token": token }).code;

  it("are good with their own token only, and not for ever", () => {
    const gateway = new TestGateway({ keys: [temporary, ...others] });
    expect([undefined, "token one", "token two", "nonsense"].map((token) => send(gateway, token))).toEqual([
      "MissingSecurityToken",
      "InvalidTask.NotFound",
      "InvalidSecurityToken.MismatchWithAccessKey",
      "InvalidSecurityToken.Malformed",
    ]);
    gateway.clock.advance(60 * MINUTE);
    expect(send(gateway, "token one")).toBe("InvalidSecurityToken.Expired");
  });

  it("let a known bearer in without a signature, while it is good", () => {
    const gateway = new TestGateway({
      bearers: [{ bearerToken: "b-1", expiresAtMs: Date.UTC(2026, 10, 23, 9) }],
    });
    const bearer = (token: string, set: Record<string, string> = {}) =>
      gateway.describe("t-1", {
        authorization: "none",
        "x-acs-signature-type": "BEARERTOKEN",
        "x-acs-bearer-token": token,
        ...set,
      }).code;
    expect(bearer("b-1")).toBe("InvalidTask.NotFound");
    expect(bearer("b-2")).toBe("InvalidBearerToken");
    expect(bearer("b-1", { "x-acs-signature-nonce": "n" })).toBe("InvalidTask.NotFound");
    expect(bearer("b-1", { "x-acs-signature-nonce": "n" })).toBe("SignatureNonceUsed");
    gateway.clock.advance(60 * MINUTE);
    expect(bearer("b-1")).toBe("InvalidBearerToken");
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
