import { inspect } from "node:util";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { BdrcClient, type BdrcClientOptions, sourceFromOfficialClient } from "../../src/index.ts";

const KEY = { accessKeyId: "LTAI-quota-id", accessKeySecret: "quota-secret" };
const credential = { getCredential: async () => KEY };
const other = { getCredential: async () => KEY };

beforeEach(() => {
  for (const name of ["ENDPOINT", "ENDPOINT_TYPE", "REGION_ID", "PROFILE"]) {
    for (const prefix of ["ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_"]) {
      vi.stubEnv(prefix + name, undefined);
    }
  }
  vi.stubEnv("REGION", undefined);
  vi.stubEnv("REGION_ID", undefined);
  vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-of-the-environment");
  vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-of-the-environment");
});

const keysOf = (options: BdrcClientOptions) => new BdrcClient(options).quotaKeys;

describe("two clients of BDRC name one quota", () => {
  it.each<[string, BdrcClientOptions, BdrcClientOptions]>([
    ["with the same key", KEY, { ...KEY }],
    ["with renewed secrets of a key", KEY, { ...KEY, accessKeySecret: "another", callTimeoutMs: 5 }],
    ["with the key of the environment", {}, {}],
    ["with the region that is the default", KEY, { ...KEY, regionId: "cn-shanghai" }],
    ["with the region's host within a VPC", KEY, { ...KEY, vpc: true }],
    ["with the same profile", { profile: "p" }, { profile: "p" }],
    ["with the same credential object", { credential }, { credential }],
    ["at one endpoint", { ...KEY, endpoint: "a.example.com" }, { ...KEY, endpoint: "https://a.example.com" }],
  ])("%s", (_, first, second) => {
    expect(keysOf(first)).toEqual(keysOf(second));
  });

  it("with the key of the environment, which one of them spells out", () => {
    const spelled = { accessKeyId: "LTAI-of-the-environment", accessKeySecret: "secret-of-the-environment" };
    expect(keysOf(spelled)).toEqual(keysOf({}));
  });
});

describe("two clients of BDRC name different quotas", () => {
  it.each<[string, BdrcClientOptions, BdrcClientOptions]>([
    ["with different keys", KEY, { ...KEY, accessKeyId: "LTAI-another" }],
    ["with a key and the environment's", KEY, {}],
    ["with different bearer tokens", { bearerToken: "a" }, { bearerToken: "b" }],
    ["with different profiles", { profile: "p" }, { profile: "q" }],
    ["with different credential objects", { credential }, { credential: other }],
    ["in different regions", KEY, { ...KEY, regionId: "ap-southeast-1" }],
    ["at different endpoints", { ...KEY, endpoint: "a.example.com" }, { ...KEY, endpoint: "b.example.com" }],
  ])("%s", (_, first, second) => {
    expect(keysOf(first).describe).not.toBe(keysOf(second).describe);
    expect(keysOf(first).list).not.toBe(keysOf(second).list);
  });
});

it("polls and listings of BDRC are different quotas", () => {
  const { describe, list } = keysOf(KEY);
  expect(describe).not.toBe(list);
});

it("no quota key holds a secret, and none is shown with the client", () => {
  const options = { ...KEY, securityToken: "quota-token" };
  const client = new BdrcClient(options);
  const { describe = "" } = client.quotaKeys;
  for (const secret of [...Object.values(options), "LTAI-of-the-environment"]) {
    expect(
      JSON.stringify([client.quotaKeys, keysOf({}), keysOf({ bearerToken: "quota-token" })]),
    ).not.toContain(secret);
    expect(inspect(client, { showHidden: true, depth: 9 })).not.toContain(secret);
  }
  expect(inspect(client) + JSON.stringify(client)).not.toContain(describe);
});

it("sources of one official client name one quota, and those of two clients two", () => {
  const client = { describeTask: async () => ({}), describeTasks: async () => ({}) };
  const keys = sourceFromOfficialClient(client).quotaKeys;
  expect(sourceFromOfficialClient(client).quotaKeys).toEqual(keys);
  expect(sourceFromOfficialClient({ ...client }).quotaKeys?.describe).not.toBe(keys?.describe);
  expect(keys?.describe).not.toBe(keys?.list);
});
