import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileApi } from "../../src/apis/compile-api.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { isInvalidOptionError } from "../../src/task/errors.ts";
import { askingAs } from "./declarations.ts";

const HOSTS = ["airflow.example.com", "airflow.example.com:8443", "*.corp.example"];

function originFor(host: string, url = "https://{host}/api/{id}"): string {
  const api = askingAs({ style: "http", url, hosts: HOSTS, auth: { bearer: "AIRFLOW_TOKEN" } });
  return compileApi(api).request.prepare({ taskIds: ["t-1"], set: { host }, region: undefined, nowMs: 0 })
    .origin;
}

function refusal(host: string, url?: string): string {
  try {
    return `asked ${originFor(host, url)}`;
  } catch (error) {
    return isInvalidOptionError(error) ? error.message : `threw ${String(error)}`;
  }
}

describe("a host that a value of `set` gives", () => {
  test.each([
    ["airflow.example.com", "https://airflow.example.com"],
    ["AIRFLOW.Example.COM", "https://airflow.example.com"],
    ["airflow.example.com:443", "https://airflow.example.com"],
    ["airflow.example.com:8443", "https://airflow.example.com:8443"],
    ["one.corp.example", "https://one.corp.example"],
    ["a.b.corp.example", "https://a.b.corp.example"],
  ])("may be %s, which `hosts` names", (host, origin) => {
    expect(originFor(host)).toBe(origin);
  });

  test("may stand before a port that the declaration has", () => {
    expect(originFor("airflow.example.com", "https://{host}:8443/api/{id}")).toBe(
      "https://airflow.example.com:8443",
    );
    expect(refusal("airflow.example.com:8443", "https://{host}:8443/api/{id}")).toMatch(/must be an http/);
  });

  test.each([
    "evil.example",
    "example.com",
    "corp.example",
    "xcorp.example",
    "one.corp.example:8443",
    "airflow.example.com:9",
    "airflow.example.com.evil.example",
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "localhost",
    "xn--arflow-4va.example.com",
  ])("can't be %s, which `hosts` does not name", (host) => {
    expect(refusal(host)).toMatch(
      /^the request would go to ".*", but video: request\.hosts names only "airflow/,
    );
  });

  test.each([
    "airflow.example.com.",
    ".airflow.example.com",
    "airflow..example.com",
    "airflow.example.com@evil.example",
    "evil.example#airflow.example.com",
    "evil.example#.corp.example",
    "evil.example/.corp.example",
    "evil.example\\.corp.example",
    "evil.example?.corp.example",
    "evil.example%2f.corp.example",
    "user:key@airflow.example.com",
    "airflow.example.com:",
    "airflow.example.com:99999999",
    "airflow.example.com:80:80",
    "[::1]",
    "evil\u3002example",
    "aırflow.example.com",
    "airflow.example.com\u00ad",
    "air flow.example.com",
    "https://airflow.example.com",
    "",
  ])("can't be %j, which is no host", (host) => {
    expect(refusal(host)).toMatch(/can't be a host/);
  });

  test("is never another than those of `hosts`, whatever the value is", () => {
    const piece = fc.oneof(
      fc.constantFrom("airflow.example.com", ".corp.example", "evil.example", ...":@/\\#?.%[]-\t。"),
      fc.string({ unit: "grapheme", maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const said = refusal(pieces.join(""));
        expect(said).toMatch(
          /^asked https:\/\/(?:airflow\.example\.com(?::8443)?|[a-z0-9.-]+\.corp\.example)$|^(?!asked|threw)/,
        );
      }),
    );
  });

  test("can still be no more than a part where only that is open", () => {
    expect(originFor("one", "https://{host}.corp.example/{id}")).toBe("https://one.corp.example");
    expect(refusal("a.b", "https://{host}.corp.example/{id}")).toMatch(/can't be part of a host name/);
  });

  test("is refused before any call", () => {
    const api = askingAs({ style: "http", url: "https://{host}/{id}", hosts: HOSTS });
    const source = taskApiSource(api, { set: { host: "evil.example" } });
    expect(() => source.checkTaskId?.("t-1")).toThrow(/would go to "evil\.example"/);
  });
});
