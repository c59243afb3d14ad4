import { beforeEach, describe, expect, it, vi } from "vitest";
import { type TaskApi, type TaskApiSourceOptions, taskApiSource } from "../../src/apis/index.ts";
import type { QuotaKeys } from "../../src/index.ts";
import { askingAs } from "./declarations.ts";

const KEY = { accessKeyId: "LTAI-quota-id", accessKeySecret: "quota-secret" };
const ECS = {
  style: "rpc",
  version: "2014-05-26",
  action: "DescribeTasks",
  endpoint: "ecs.{region}.aliyuncs.com",
};
const IDS = { parameters: { TaskIds: "{id}" } };
const signed = (request: object = {}) => askingAs({ ...ECS, ...IDS, ...request });
const web = (request: object = {}) =>
  askingAs({
    style: "http",
    url: "https://api.example.com/jobs/{id}",
    auth: { bearer: "QUOTA_TEST_KEY" },
    ...request,
  });

beforeEach(() => {
  for (const name of ["ENDPOINT", "REGION_ID", "PROFILE"]) {
    for (const prefix of ["ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_"]) {
      vi.stubEnv(prefix + name, undefined);
    }
  }
  vi.stubEnv("QUOTA_TEST_KEY", undefined);
});

type Named = () => QuotaKeys;

/** The keys, as soon as the environment is the test's. */
function naming(api: TaskApi, options: TaskApiSourceOptions = {}): Named {
  return () => taskApiSource(api, options).quotaKeys ?? {};
}

const HANGZHOU = { ...KEY, regionId: "cn-hangzhou" };
const giveKey = () => "k";

describe("two sources of declared APIs name one quota", () => {
  it.each<[string, Named, Named]>([
    ["with the same options", naming(signed(), HANGZHOU), naming(signed(), { ...HANGZHOU })],
    [
      "with other words for success",
      naming(signed(), HANGZHOU),
      naming(signed(), { ...HANGZHOU, until: "busy" }),
    ],
    [
      "with declarations that differ in parameters and write the host in another way",
      naming(signed(), HANGZHOU),
      naming(
        signed({
          parameters: { TaskIds: "{id}", RegionId: "{region}", MaxResults: "1" },
          endpoint: {
            default: "ecs.aliyuncs.com",
            regions: { "cn-hangzhou": "ecs.cn-hangzhou.aliyuncs.com" },
          },
        }),
        HANGZHOU,
      ),
    ],
    [
      "with the region of one profile",
      naming(signed(), { profile: "p" }),
      naming(signed(), { profile: "p" }),
    ],
    [
      "with the same key",
      naming(web(), { apiKey: "k" }),
      naming(web({ headers: { a: "b" } }), { apiKey: " k" }),
    ],
    [
      "with one function that gives the key",
      naming(web(), { apiKey: giveKey }),
      naming(web(), { apiKey: giveKey }),
    ],
  ])("%s", (_, first, second) => {
    expect(first().describe).toMatch(/./);
    expect(second()).toEqual(first());
  });

  it("with the key of the environment, which one of them spells out", () => {
    vi.stubEnv("QUOTA_TEST_KEY", "k");
    expect(naming(web())()).toEqual(naming(web(), { apiKey: "k" })());
  });
});

describe("two sources of declared APIs name different quotas", () => {
  const host = { url: "https://{tenant}.example.com/jobs/{id}", hosts: ["*.example.com"] };
  it.each<[string, Named, Named]>([
    [
      "with another action",
      naming(signed(), HANGZHOU),
      naming(signed({ action: "DescribeImages" }), HANGZHOU),
    ],
    ["with another version", naming(signed(), HANGZHOU), naming(signed({ version: "2016-03-14" }), HANGZHOU)],
    [
      "of another service",
      naming(signed(), HANGZHOU),
      naming(signed({ endpoint: "x.{region}.aliyuncs.com" }), HANGZHOU),
    ],
    ["in another region", naming(signed(), HANGZHOU), naming(signed(), { ...KEY, regionId: "cn-beijing" })],
    [
      "of another account",
      naming(signed(), HANGZHOU),
      naming(signed(), { ...HANGZHOU, accessKeyId: "LTAI-b" }),
    ],
    ["with another key", naming(web(), { apiKey: "k" }), naming(web(), { apiKey: "l" })],
    [
      "with other functions that give the key",
      naming(web(), { apiKey: giveKey }),
      naming(web(), { apiKey: () => "k" }),
    ],
    ["at another address", naming(web()), naming(web({ url: "https://api.example.com/runs/{id}" }))],
    ["with another method", naming(web()), naming(web({ method: "POST" }))],
    [
      "at a host that set gives",
      naming(web(host), { set: { tenant: "a" } }),
      naming(web(host), { set: { tenant: "b" } }),
    ],
    ["on this machine", naming(web()), naming(web(), { endpoint: "http://127.0.0.1:9" })],
  ])("%s", (_, first, second) => {
    expect(first().describe).toMatch(/./);
    expect(second().describe).not.toBe(first().describe);
  });
});

it("an RPC operation lists within the quota of its polls, another beside it", () => {
  const list = { parameters: { State: "{status}" }, at: "jobs", next: { parameter: "Token", value: "next" } };
  const listed = (api: TaskApi) => ({ ...api, task: { ...api.task, id: "id" }, list }) as TaskApi;
  const rpc = naming(listed(signed()), HANGZHOU)();
  expect(rpc.list).toBe(rpc.describe);
  for (const api of [web(), signed({ style: "roa", path: "/jobs/{id}" })]) {
    const keys = naming(listed(api), HANGZHOU)();
    expect(keys.list).toMatch(/./);
    expect(keys.list).not.toBe(keys.describe);
  }
});

it("no quota key holds a secret", () => {
  const keys = JSON.stringify([naming(signed(), HANGZHOU)(), naming(web(), { apiKey: "key-of-quota" })()]);
  for (const secret of [...Object.values(KEY), "key-of-quota"]) {
    expect(keys).not.toContain(secret);
  }
});
