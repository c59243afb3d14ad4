import { expect, it } from "vitest";
import { parseEndpoint } from "../../src/openapi/endpoint/endpoint.ts";
import { proxyFromEnvironment } from "../../src/openapi/http/proxy.ts";

function isProxied(endpoint: string, exceptions: string): boolean {
  const environment = { HTTPS_PROXY: "http://proxy.example:3128", NO_PROXY: exceptions };
  return proxyFromEnvironment(parseEndpoint(endpoint, "endpoint", true), environment) !== undefined;
}

it.each([
  ["10.1.2.3", "10.0.0.0/8"],
  ["10.1.2.3:8443", "192.168.0.0/16, 10.1.2.0/30"],
  ["10.1.2.3", "10.1.2.3"],
  ["10.1.2.3", "10.1.2.3/32"],
  ["10.1.2.3", "0.0.0.0/0"],
  ["[fd00::1]", "fd00::/8"],
  ["[fd00:0:0::1]", "fd00::1"],
  ["api.example", ".example"],
  ["api.example:8443", "api.example:8443"],
  ["api.example", "*"],
])("%s goes past the proxy for NO_PROXY=%s", (endpoint, exceptions) => {
  expect(isProxied(endpoint, exceptions)).toBe(false);
});

it.each([
  ["11.1.2.3", "10.0.0.0/8"],
  ["10.1.2.4", "10.1.2.0/30"],
  ["10.1.2.3", "10.0.0.0/33"],
  ["10.1.2.3", "10.0.0.0/-1"],
  ["10.1.2.3", "10.0.0.0/"],
  ["10.1.2.3", "fd00::/8"],
  ["[fd00::1]", "0.0.0.0/0"],
  ["10.example", "10.0.0.0/8"],
  ["api.example", "ample"],
  ["api.example", "api.example:8443"],
  ["api.example", "/8"],
])("%s goes through the proxy for NO_PROXY=%s", (endpoint, exceptions) => {
  expect(isProxied(endpoint, exceptions)).toBe(true);
});
