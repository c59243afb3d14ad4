import { describe, expect, it } from "vitest";
import { TestGateway } from "./test-gateway.ts";

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
      name: "a poll of a task, with the provider's name signed",
      action: "DescribeTask",
      method: "GET",
      path: "/api/v1/tasks/t-1",
      query: [],
      body: "",
      headers: { "x-acs-credentials-provider": "static_ak", "x-acs-content-sha256": empty },
      signature: "d3667088b951f749ae3b54d0f94ceb41b325a28a0f49616312dc68de53ee6046",
    },
    {
      name: "a poll of a task, with the least that has to be signed",
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
    // V2's token is no NextToken of ours, and V1's task does not exist: an answer that says so has let the caller in.
    expect(String(send(signature, common["x-acs-signature-nonce"]))).not.toMatch(
      /Signature|Key|Token\.|TimeStamp/,
    );
    expect(send(signature, "another nonce")).toBe("SignatureDoesNotMatch");
  });
});
