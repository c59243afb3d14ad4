import { afterEach, describe, expect, it, vi } from "vitest";
import { chooseEndpoint, parseEndpoint } from "../../src/openapi/endpoint/endpoint.ts";

describe("parseEndpoint", () => {
  it.each([
    ["bdrc.cn-shanghai.aliyuncs.com", "https://bdrc.cn-shanghai.aliyuncs.com"],
    ["bdrc.example:8443", "https://bdrc.example:8443"],
    ["https://bdrc.example/", "https://bdrc.example"],
    ["HTTPS://BDRC.example:443", "https://bdrc.example"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://127.9.8.7", "http://127.9.8.7"],
    ["http://localhost:1", "http://localhost:1"],
    ["http://[::1]:1", "http://[::1]:1"],
    ["[::1]:1", "https://[::1]:1"],
    // The URL parser reads these as 127.0.0.1, and so does whatever connects.
    ["http://0x7f000001", "http://127.0.0.1"],
    ["http://127.1", "http://127.0.0.1"],
  ])("reads %s", (text, origin) => {
    expect(parseEndpoint(text, "endpoint", false).origin).toBe(origin);
  });

  it("leaves the scheme's own port out of the host header, and keeps any other", () => {
    expect(parseEndpoint("https://a.example:443", "endpoint", false).host).toBe("a.example");
    expect(parseEndpoint("http://127.0.0.1:443", "endpoint", false).host).toBe("127.0.0.1:443");
  });

  it.each([
    "http://127.0.0.1.evil.com",
    "http://localhost.evil.com",
    "http://evil.com/127.0.0.1",
    "http://128.0.0.1",
    "http://[::2]",
    "http://[::ffff:7f00:1]",
    "http://0.0.0.0",
    "http://bdrc.cn-shanghai.aliyuncs.com",
  ])("takes no http beyond loopback: %s", (text) => {
    expect(() => parseEndpoint(text, "endpoint", false)).toThrow(/^endpoint must /);
  });

  it("takes http anywhere when insecure is true", () => {
    expect(parseEndpoint("http://bdrc.example", "endpoint", true)).toEqual({
      origin: "http://bdrc.example",
      host: "bdrc.example",
      loopback: false,
    });
  });

  it.each([
    ["", "a host"],
    [" ", "a host"],
    ["a b", "a host"],
    ["a\n", "a host"],
    ["a\\b", "a host"],
    ["ftp://a.example", "a host"],
    ["https://", "a host"],
    ["https://a.example:99999", "a host"],
    ["https://a.example/path", "no path"],
    ["https://a.example/?q=1", "no path"],
    ["https://a.example?", "no path"],
    ["https://a.example#", "no path"],
    ["a.example/../b", "no path"],
    ["https://me@a.example", "no user name"],
    ["https://me:pass@a.example", "no user name"],
    ["http://127.0.0.1@evil.com", "no user name"],
  ])("refuses %j", (text, rule) => {
    expect(() => parseEndpoint(text, "ALIBABA_CLOUD_ENDPOINT", false)).toThrow(
      new RegExp(`^ALIBABA_CLOUD_ENDPOINT must (be|hold) ${rule}`),
    );
  });

  it("shows no password of an endpoint that it refuses", () => {
    expect(() => parseEndpoint("https://me:hunter2@a.example", "endpoint", false)).toThrow(/^(?!.*hunter2)/);
  });
});

describe("chooseEndpoint", () => {
  afterEach(() => vi.restoreAllMocks());

  const host = (options: object, environment = {}) => chooseEndpoint(options, environment)?.host;

  it("builds the documented hosts", () => {
    expect(host({ regionId: "cn-shanghai" })).toBe("bdrc.cn-shanghai.aliyuncs.com");
    expect(host({ regionId: "ap-southeast-1", vpc: true })).toBe("bdrc-vpc.ap-southeast-1.aliyuncs.com");
    expect(host({ regionId: "cn-shanghai-finance-1" }, { ALIBABA_CLOUD_ENDPOINT_TYPE: "vpc" })).toBe(
      "bdrc-vpc.cn-shanghai-finance-1.aliyuncs.com",
    );
  });

  it("lets an option go before the environment, and an endpoint before a region", () => {
    const environment = { ALIBABA_CLOUD_ENDPOINT: "env.example", ALIBABA_CLOUD_REGION_ID: "ap-southeast-1" };
    expect(host({ endpoint: "option.example" }, environment)).toBe("option.example");
    expect(host({ regionId: "cn-shanghai" }, environment)).toBe("env.example");
    expect(host({ regionId: "cn-shanghai" }, { REGION: "ap-southeast-1" })).toBe(
      "bdrc.cn-shanghai.aliyuncs.com",
    );
    expect(host({ vpc: false, regionId: "cn-shanghai" }, { ALIBABA_CLOUD_ENDPOINT_TYPE: "vpc" })).toBe(
      "bdrc.cn-shanghai.aliyuncs.com",
    );
  });

  it.each(["ALIBABA_CLOUD_REGION_ID", "ALIBABACLOUD_REGION_ID", "ALICLOUD_REGION_ID", "REGION_ID", "REGION"])(
    "reads the region from %s, and an empty one as none",
    (name) => {
      expect(host({}, { [name]: "ap-southeast-1" })).toBe("bdrc.ap-southeast-1.aliyuncs.com");
      expect(host({}, { [name]: "" })).toBeUndefined();
    },
  );

  it.each([
    "../x",
    "cn shanghai",
    "CN-SHANGHAI",
    "cn",
    "cn-",
    "a.b",
    "cn-shanghai\n",
    "cn-shanghai/../x",
    "x".repeat(50),
  ])("refuses %j as a region", (regionId) => {
    expect(() => host({ regionId })).toThrow(/^regionId must be a region such as/);
    expect(() => host({}, { REGION: regionId })).toThrow(/^REGION must be a region such as/);
  });

  it("warns once of a region that BDRC doesn't list, and goes there", () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    expect(host({ regionId: "eu-central-1" })).toBe("bdrc.eu-central-1.aliyuncs.com");
    expect(host({ regionId: "eu-central-1" })).toBe("bdrc.eu-central-1.aliyuncs.com");
    expect(warning).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"eu-central-1"'), {
      type: "TaskwaitWarning",
      code: "UNLISTED_REGION",
    });
  });
});
