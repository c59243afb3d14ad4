import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { selfSigned } from "../../src/emulator/http/self-signed.ts";
import { formatRequestRecord } from "../../src/emulator/index.ts";
import { RequestLog } from "../../src/emulator/service/request-log.ts";
import type { RequestRecord } from "../../src/emulator/service/request-record.ts";
import { drawDurationMs } from "../../src/emulator/world/duration-model.ts";
import { seededRandom } from "../../src/emulator/world/random.ts";

const record = (n: number, fields: Partial<RequestRecord> = {}): RequestRecord => ({
  n,
  atMs: Date.UTC(2026, 10, 23, 12, 0, 1, 250),
  method: "GET",
  path: "/api/v1/tasks/t-1",
  httpStatus: 200,
  faults: [],
  ...fields,
});

describe("a drawn duration", () => {
  const many = (model: Parameters<typeof drawDurationMs>[0]) => {
    const random = seededRandom(4);
    return Array.from({ length: 20_001 }, () => drawDurationMs(model, random)).sort((a, b) => a - b);
  };

  it("follows its distribution", () => {
    const uniform = many({ kind: "uniform", minMs: 100, maxMs: 300 });
    expect([Math.round(uniform[0] ?? 0), Math.round(uniform.at(-1) ?? 0)]).toEqual([100, 300]);
    const exponential = many({ kind: "exponential", meanMs: 1000 });
    expect((exponential[10_000] ?? 0) / (1000 * Math.LN2)).toBeCloseTo(1, 1);
    const lognormal = many({ kind: "lognormal", medianMs: 5000, sigma: 0.5 });
    expect((lognormal[10_000] ?? 0) / 5000).toBeCloseTo(1, 1);
    expect(Math.log((lognormal[16_826] ?? 0) / 5000)).toBeCloseTo(0.5, 1);
  });

  it("is endless for `never`", () => {
    expect(drawDurationMs("never", () => 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the log of requests", () => {
  it("keeps the newest only", () => {
    const log = new RequestLog(3);
    for (let n = 0; n < 100; n += 1) {
      log.add(record(n));
    }
    expect(log.newest().map(({ n }) => n)).toEqual([97, 98, 99]);
    const none = new RequestLog(0);
    none.add(record(0));
    expect(none.newest()).toEqual([]);
  });

  it("has one line for each, whatever a client sent", () => {
    expect(formatRequestRecord(record(0, { action: "DescribeTask", taskId: "t-1" }))).toBe(
      "12:00:01.250 GET /api/v1/tasks/t-1 DescribeTask 200",
    );
    expect(
      formatRequestRecord(
        record(1, {
          path: "/x\n\u001b[2J",
          httpStatus: 0,
          code: "Evil\u202eCode",
          faults: ["latency", "hang"],
        }),
      ),
    ).toBe("12:00:01.250 GET /x\\u{a}\\u{1b}[2J - no answer Evil\\u{202e}Code (latency, hang)");
    expect(
      formatRequestRecord(record(2, { path: "/api/v1/rules/check", taskId: "t-9", action: "CheckRules" })),
    ).toBe("12:00:01.250 GET /api/v1/rules/check CheckRules t-9 200");
  });
});

describe("the certificate", () => {
  it("is its own issuer, names the loopback hosts, and is valid for a month", () => {
    for (let n = 0; n < 20; n += 1) {
      const { cert, key } = selfSigned();
      const certificate = new X509Certificate(cert);
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect(certificate.issuer).toBe(certificate.subject);
      expect(certificate.checkHost("localhost")).toBe("localhost");
      expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
      expect(certificate.checkIP("::1")).toBe("::1");
      expect(certificate.checkHost("example.com")).toBeUndefined();
      const days = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000;
      expect(Math.round(days)).toBe(30);
      expect(key).toContain("PRIVATE KEY");
    }
  });
});
