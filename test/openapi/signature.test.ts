import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  authorization,
  canonicalQuery,
  canonicalRequest,
  encodeRfc3986,
  type SignableRequest,
  sha256Hex,
  signature,
  signedHeaderNames,
  stringToSign,
} from "../../src/openapi/request/signature.ts";

const KEY_ID = "YourAccessKeyId";
const SECRET = "YourAccessKeySecret";
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const COMMON = {
  host: "bdrc.cn-shanghai.aliyuncs.com",
  "x-acs-version": "2023-08-08",
  "x-acs-date": "2026-08-22T12:34:56Z",
  "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
};

interface Vector {
  readonly name: string;
  readonly request: SignableRequest;
  readonly hash?: string;
  readonly signed: string;
}

function describeTask(extra: Record<string, string>): SignableRequest {
  return {
    method: "GET",
    path: "/api/v1/tasks/t-1",
    query: [],
    headers: { ...COMMON, "x-acs-action": "DescribeTask", "x-acs-content-sha256": EMPTY, ...extra },
    payloadSha256: EMPTY,
  };
}

function describeTasks(extra: Record<string, string>): SignableRequest {
  return {
    method: "GET",
    path: "/api/v1/tasks",
    query: [
      ["TaskType", "UPDATE_RESOURCES"],
      ["TaskStatus", "RUNNING"],
      ["NextToken", "cae+/=*~ 699!"],
      ["MaxResults", "500"],
    ],
    headers: {
      ...COMMON,
      "x-acs-action": "DescribeTasks",
      "x-acs-content-sha256": EMPTY,
      "x-acs-accesskey-id": KEY_ID,
      "x-acs-security-token": "YourSecurityToken",
      ...extra,
    },
    payloadSha256: EMPTY,
  };
}

function post(path: string, action: string, body: string): SignableRequest {
  const payloadSha256 = sha256Hex(body);
  return {
    method: "POST",
    path,
    query: [],
    headers: {
      ...COMMON,
      "content-type": "application/x-www-form-urlencoded",
      "x-acs-action": action,
      "x-acs-content-sha256": payloadSha256,
      "x-acs-credentials-provider": "static_ak",
    },
    payloadSha256,
  };
}

const VECTORS: readonly Vector[] = [
  {
    name: "the documentation's own example",
    request: {
      method: "POST",
      path: "/",
      query: [
        ["RegionId", "cn-shanghai"],
        ["ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"],
      ],
      headers: {
        ...COMMON,
        host: "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-content-sha256": EMPTY,
      },
      payloadSha256: EMPTY,
    },
    hash: "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
    signed: "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
  },
  {
    name: "DescribeTask as the official core sends it",
    request: describeTask({ "x-acs-credentials-provider": "static_ak" }),
    hash: "05a64ca69d8ddadd3de8cd56967842f0192317fd44f90b318e4a78c0eeb70447",
    signed: "d3667088b951f749ae3b54d0f94ceb41b325a28a0f49616312dc68de53ee6046",
  },
  {
    name: "DescribeTask with only the needed headers",
    request: describeTask({}),
    hash: "234fef6b5b36bb7ab6d3891c01e9ce5e864bc0134da5ebf41204079ed66f8825",
    signed: "53e80ad46abbf28f5907f1cca892c7d2c776d30b73ba3434f4d64022756f882a",
  },
  {
    name: "DescribeTasks with a query and an STS token",
    request: describeTasks({ "x-acs-credentials-provider": "static_sts" }),
    hash: "e4c1688defab97f17dac2ba8fe5cbc1ad6f367637f81cf23a123eb35511d9377",
    signed: "4cf23fa256b639eab4c597bcb81a0cc01ea33e6b1cc3a857eb0ac29a400100d7",
  },
  {
    name: "DescribeTasks with an STS token and only the needed headers",
    request: describeTasks({}),
    signed: "d56bcf709994ac2f688a0ba6ee0cd173f5cd4b83ba7995dda2ad3e0156ee9f21",
  },
  {
    name: "CheckRules with a form",
    request: post(
      "/api/v1/rules/check",
      "CheckRules",
      "ResourceArn=acs%3Aecs%3A123%3Acn-shanghai%3Ainstance%2Fi-001&RuleId=rule-000dav",
    ),
    hash: "7a26b3cf641b8e3d676573724e1d6817a4d66f1ce35ef0fb8c3427a5083533a3",
    signed: "f976131dff385372421ebdbe53126c6bebfc57a2296cf5b7a90ec05d4b26bd8e",
  },
  {
    name: "UpdateResources with an empty form",
    request: post("/api/v1/resources/update", "UpdateResources", ""),
    hash: "4106ad64251664ecbf324d7d9803a209d45a2a8924b089ed9a85862d83eae1a8",
    signed: "d58a57806da7620cc8cbd94e83959cca785f6ccb12b59325431a666f081af084",
  },
];

describe("signature", () => {
  it.each(VECTORS)("signs $name byte for byte", ({ request, hash, signed }) => {
    const toSign = stringToSign(canonicalRequest(request));
    if (hash !== undefined) {
      expect(toSign).toBe(`ACS3-HMAC-SHA256\n${hash}`);
    }
    expect(signature(toSign, SECRET)).toBe(signed);
    expect(authorization(request, KEY_ID, SECRET)).toBe(
      `ACS3-HMAC-SHA256 Credential=${KEY_ID},SignedHeaders=${signedHeaderNames(request.headers).join(";")},Signature=${signed}`,
    );
  });

  it("writes the canonical request of DescribeTask exactly as documented", () => {
    expect(canonicalRequest(describeTask({}))).toBe(
      [
        "GET",
        "/api/v1/tasks/t-1",
        "",
        "host:bdrc.cn-shanghai.aliyuncs.com",
        "x-acs-action:DescribeTask",
        `x-acs-content-sha256:${EMPTY}`,
        "x-acs-date:2026-08-22T12:34:56Z",
        "x-acs-signature-nonce:3156853299f313e23d1673dc12e1703d",
        "x-acs-version:2023-08-08",
        "",
        "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
        EMPTY,
      ].join("\n"),
    );
  });

  it("hashes the bytes of V3's form as documented", () => {
    expect(sha256Hex("ResourceArn=acs%3Aecs%3A123%3Acn-shanghai%3Ainstance%2Fi-001&RuleId=rule-000dav")).toBe(
      "4b01573be3a19ac52aeec658139e03543d86d50cff83ee13e1de7d7dccb4d59e",
    );
    expect(sha256Hex("")).toBe(EMPTY);
    expect(sha256Hex(new TextEncoder().encode("ü"))).toBe(sha256Hex("ü"));
  });

  it("leaves only letters, digits and -_.~ unencoded", () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const kept = ascii.filter((char) => encodeRfc3986(char) === char).join("");
    expect(kept).toBe("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");
    expect(encodeRfc3986("a b*ü!'()")).toBe("a%20b%2A%C3%BC%21%27%28%29");
  });

  it("encodes any string at all, and decoding gives it back if it was well formed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => decodeURIComponent(encodeRfc3986(text)) === text),
      { seed: 3 },
    );
    expect(encodeRfc3986("\uD800")).toBe("%EF%BF%BD");
  });

  it("sorts the query by name, then by value, whatever the order it came in", () => {
    expect(
      canonicalQuery([
        ["b", "2"],
        ["a", "2"],
        ["b", "10"],
        ["A", ""],
      ]),
    ).toBe("A=&a=2&b=10&b=2");
  });

  it("signs a declared header that is not there as empty, also one named like an object's own property", () => {
    const request = { ...describeTask({}), signedHeaders: ["constructor", "host", "__proto__"] };
    expect(canonicalRequest(request)).toContain(
      "\nconstructor:\nhost:bdrc.cn-shanghai.aliyuncs.com\n__proto__:\n",
    );
  });

  it("leaves unsigned what a proxy may rewrite", () => {
    expect(
      signedHeaderNames({ "user-agent": "a", accept: "b", authorization: "c", "x-acs-z": "d", host: "e" }),
    ).toEqual(["host", "x-acs-z"]);
  });
});
