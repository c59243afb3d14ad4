import { describe, expect, it } from "vitest";
import { namedEndpoint, parseEndpoint } from "../../src/openapi/endpoint/endpoint.ts";

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

it("an option goes before the environment's endpoint", () => {
  const environment = { ALIBABA_CLOUD_ENDPOINT: "env.example" };
  expect(namedEndpoint({ endpoint: "option.example" }, environment)?.host).toBe("option.example");
  expect(namedEndpoint({}, environment)?.host).toBe("env.example");
  expect(namedEndpoint({}, { ALIBABA_CLOUD_ENDPOINT: "" })).toBeUndefined();
});
