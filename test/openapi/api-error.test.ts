import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerError } from "../../src/apis/transport/answer-error.ts";
import { describeTaskOperation } from "../../src/bdrc/operations.ts";
import { apiErrorOf, isMaintenance, resendable, retryAfterOf } from "../../src/openapi/response/api-error.ts";
import { scrubber } from "../../src/openapi/response/scrub.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");

function errorOf(body: Record<string, unknown> | undefined, httpStatus = 400, headers = {}) {
  const answer = { httpStatus, headers: new Map(Object.entries<string>(headers)), text: "" };
  return apiErrorOf(answer, body, describeTaskOperation("t-1"), scrubber(["key-id-1", "secret/1"]));
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("retryAfterOf", () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ "x-acs-retry-after": "1500" }, 1500],
    [{ "x-acs-retry-after": " 250.5 " }, 250.5],
    [{ "x-acs-retry-after": "0" }, undefined],
    [{ "x-acs-retry-after": "-5" }, undefined],
    [{ "x-acs-retry-after": "soon" }, undefined],
    [{ "x-acs-retry-after": "1e9" }, undefined],
    [{ "x-acs-retry-after": "Infinity" }, undefined],
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after": "0" }, undefined],
    [{ "retry-after": "Tue, 24 Nov 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Tue, 24 Nov 2026 11:59:00 GMT" }, undefined],
    [{ "retry-after": "Tue, 24 Nov 2026 12:20:30 GMT", date: "Tue, 24 Nov 2026 12:20:00 GMT" }, 30_000],
    [{ "retry-after": "Tue, 24 Nov 2026 11:40:30 GMT", date: "Tue, 24 Nov 2026 11:40:00 GMT" }, 30_000],
    [{ "retry-after": "Tue, 24 Nov 2026 12:00:30 GMT", date: "soon" }, 30_000],
    [{ "retry-after": "x 5" }, undefined],
    [{ "x-acs-retry-after": "1500", "retry-after": "2" }, 1500],
    [{ "x-acs-retry-after": "0", "retry-after": "2" }, 2000],
  ])("reads %j as %s ms", (headers, expected) => {
    expect(retryAfterOf(new Map(Object.entries(headers)))).toBe(expected);
  });
});

describe("maintenance", () => {
  it.each<[number, Record<string, string>, true | undefined]>([
    [503, { "retry-after": "30" }, true],
    [500, { "retry-after": "Tue, 24 Nov 2026 12:00:30 GMT" }, true],
    [503, { "retry-after": "30", "x-acs-retry-after": "1500" }, undefined],
    [503, {}, undefined],
    [400, { "retry-after": "30" }, undefined],
    [429, { "retry-after": "30" }, undefined],
  ])("HTTP %i with %j: %s", (status, headers, expected) => {
    expect(errorOf({ Code: "Down", Message: "m" }, status, headers)?.maintenance).toBe(expected);
    const facts = {
      httpStatus: status,
      subject: "s",
      maintenance: isMaintenance(status, new Map(Object.entries(headers))),
    };
    expect(answerError({ code: "Down" }, facts, (text) => text).maintenance).toBe(expected);
  });
});

describe("apiErrorOf", () => {
  it.each<[Record<string, unknown> | undefined, number]>([
    [{ Data: {} }, 200],
    [{ Code: "OK", Data: {} }, 200],
    [{ RequestId: "R" }, 200],
    [{ Message: "m" }, 200],
    [{ Code: "" }, 200],
    [{ Code: 7 }, 200],
    [undefined, 502],
    [{}, 404],
    [{ Data: {} }, 404],
  ])("finds no error of the API in %j with HTTP %i", (body, status) => {
    expect(errorOf(body, status)).toBeUndefined();
  });

  it.each([
    [{ Code: "X" }, 200, "X"],
    [{ Code: "X", Data: null }, 200, "X"],
    [{ Code: "X", Data: {} }, 400, "X"],
    [{ code: "x.y" }, 403, "x.y"],
    [{ RequestId: "R" }, 500, "HTTP500"],
  ])("finds the error in %j with HTTP %i", (body, status, apiCode) => {
    expect(errorOf(body, status)).toMatchObject({ apiCode, httpStatus: status, taskId: "t-1" });
  });

  it.each([
    "Specified signature does not match our calculation. server StringToSign is [ECHO] server CanonicalRequest is [ECHO]",
    "Specified signature is not matched with our calculation. server string to sign is:ECHO",
    "no match, the server CanonicalRequest:ECHO",
    "StringToSign=ECHO",
  ])("cuts what the service signed off %j", (Message) => {
    const error = errorOf({ Code: "SignatureDoesNotMatch", Message });
    expect(error?.message).toMatch(/SignatureDoesNotMatch: (?!.*(ECHO|sign is|server))/);
  });

  it("keeps a hostile message in one harmless line of bounded length", () => {
    const error = errorOf({
      Code: "C\u001b[2J",
      Message: `a\nb\u202e${"x".repeat(10_000)}`,
      RequestId: "R\r\n",
    });
    expect(error?.message).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(error?.message.length).toBeLessThan(800);
    expect(error?.apiCode).toBe("C\\u{1b}[2J");
    expect(error?.requestId).toBe("R\\u{d}\\u{a}");
  });

  it("takes known secrets out, also percent-encoded", () => {
    const error = errorOf({ Code: "key-id-1", Message: "a secret/1 b secret%2F1", RequestId: "key-id-1" });
    expect(error?.message).toBe(
      'DescribeTask of "t-1" failed: [hidden]: a [hidden] b [hidden] (HTTP 400, request [hidden])',
    );
    expect(error).toMatchObject({ apiCode: "[hidden]", requestId: "[hidden]" });
  });

  it("can be told to go again without losing anything", () => {
    const error = errorOf({ Code: "SignatureNonceUsed", RequestId: "R" }, 400, { "retry-after": "1" });
    expect(resendable(error ?? expect.fail())).toMatchObject({
      apiCode: "SignatureNonceUsed",
      requestId: "R",
      retryAfterMs: 1000,
      httpStatus: 400,
      taskId: "t-1",
      message: error?.message,
      resend: true,
    });
  });
});

it.each([" ", "\n", "server ", "string to ", "the ", "a", "%", "\\", "&"])(
  "a message of 1 MiB of %j is cut before it is searched",
  (awkward) => {
    const Message = awkward.repeat(Math.ceil(1_048_576 / awkward.length));
    const operation = describeTaskOperation("t-1");
    const beganMs = performance.now();
    const error = apiErrorOf(
      { httpStatus: 400, headers: new Map(), text: "" },
      { Code: Message, Message, RequestId: Message },
      operation,
      scrubber(["secret-1234"]),
    );
    // Quadratic it would be minutes.
    expect(performance.now() - beganMs).toBeLessThan(5000);
    expect(error?.message.length).toBeLessThan(1000);
  },
);
