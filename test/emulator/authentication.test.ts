import { describe, expect, it } from "vitest";
import { KEY, TestGateway } from "./test-gateway.ts";

const MINUTE = 60_000;
const OLD = { ...KEY, accessKeySecret: "not the secret" };

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

  it("refuses a hash in the headers that is not the body's, though all of it is signed", () => {
    const { code } = new TestGateway().describe("t-1", { "x-acs-content-sha256": "0".repeat(64) });
    expect(code).toBe("SignatureDoesNotMatch");
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

describe("temporary keys and bearers", () => {
  const temporary = { ...KEY, securityToken: "token one", expiresAtMs: Date.UTC(2026, 10, 23, 9) };
  const others = [{ accessKeyId: "AK2", accessKeySecret: "two", securityToken: "token two" }];
  const send = (gateway: TestGateway, token: string | undefined) =>
    gateway.describe("t-1", { "x-acs-security-token": token }).code;

  it("are good with their own token only, and not forever", () => {
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
