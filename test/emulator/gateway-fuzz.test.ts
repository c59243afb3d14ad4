import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRfc3986 } from "../../src/openapi/request/signature.ts";
import { KEY, TestGateway } from "./test-gateway.ts";

const ACTIONS = ["DescribeTask", "DescribeTasks", "UpdateResources", "CheckRules"] as const;
const name = fc.oneof(
  fc.constantFrom("MaxResults", "NextToken", "TaskStatus", "TaskType", "ResourceArn", "RuleId", "__proto__"),
  fc.string(),
);
const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.integer().map(String),
  fc.constantFrom("RUNNING", "acs:ecs:1", "", "%", "!'()*~ +/="),
);
const path = fc.oneof(
  fc.constantFrom("/api/v1/tasks", "/api/v1/resources/update", "/api/v1/rules/check"),
  fc.string({ unit: "grapheme" }).map((text) => `/api/v1/tasks/${encodeRfc3986(text)}`),
  fc.string({ unit: "grapheme" }).map((text) => `/${encodeRfc3986(text)}/v1/tasks`),
);

describe("the gateway, whatever is signed", () => {
  it("answers with JSON and never with 5xx", () => {
    const gateway = new TestGateway();
    gateway.world.addTask({ taskId: "t-1" });
    void fc.assert(
      fc.property(
        fc.constantFrom(...ACTIONS),
        fc.constantFrom("GET", "POST", "PUT"),
        path,
        fc.array(fc.tuple(name, value), { maxLength: 4 }),
        fc.uint8Array({ maxLength: 60 }),
        (action, method, where, query, body) => {
          const { answer } = gateway.handle(gateway.signed(action, { method, path: where, query, body }));
          expect(answer.httpStatus).toBeLessThan(500);
          expect(JSON.parse(answer.body)).toHaveProperty("RequestId", answer.requestId);
          // Who signed so was let in, whatever characters it took.
          expect(answer.code ?? "").not.toMatch(/Signature|AccessKey|TimeStamp/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("answers any headers at all without falling", () => {
    const gateway = new TestGateway();
    const headers = fc.dictionary(
      fc.oneof(fc.constantFrom("authorization", "host", "x-acs-date", "x-acs-signature-type"), fc.string()),
      fc.oneof(
        fc.string(),
        fc.constantFrom("127.0.0.1:1234", "BEARERTOKEN"),
        fc
          .string()
          .map(
            (text) =>
              `ACS3-HMAC-SHA256 Credential=${KEY.accessKeyId},SignedHeaders=${text},Signature=${"a".repeat(64)}`,
          ),
      ),
    );
    void fc.assert(
      fc.property(headers, (given) => {
        const { answer } = gateway.handle({
          method: "GET",
          path: "/api/v1/tasks/t-1",
          query: [],
          headers: {
            host: "127.0.0.1:1234",
            "x-acs-action": "DescribeTask",
            "x-acs-version": "2023-08-08",
            ...given,
          },
          body: new Uint8Array(),
        });
        expect(answer.httpStatus).toBeGreaterThanOrEqual(400);
        expect(answer.httpStatus).toBeLessThan(500);
      }),
      { numRuns: 1000 },
    );
  });
});
