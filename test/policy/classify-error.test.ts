import { describe, expect, it } from "vitest";
import {
  classifyError,
  type ErrorMeaning,
  isAboutCaller,
  retryAfterMsOf,
} from "../../src/policy/observe/classify-error.ts";
import { observe, observeError } from "../../src/policy/observe/observe.ts";
import {
  AccessDeniedError,
  BdrcApiError,
  InvalidOptionError,
  ProtocolError,
  TaskNotFoundError,
  UnreachableError,
} from "../../src/task/errors.ts";

const answer = (httpStatus: number, apiCode: string, details: object = {}): BdrcApiError =>
  new BdrcApiError("said so", { httpStatus, apiCode, ...details });

const withCause = (error: Error, code: string): Error =>
  Object.assign(error, { cause: Object.assign(new Error("below"), { code }) });

/** Meaning → HTTP status and code of the answers that have it. */
const ANSWERS: Readonly<Record<ErrorMeaning, readonly (readonly [status: number, code: string])[]>> = {
  throttled: [
    [400, "Throttling"],
    [400, "Throttling.User"],
    [400, "Throttling.Api"],
    [503, "Throttling.User"],
    [200, "throttling.user"],
    [400, "FlowControl"],
    [400, "FLOW_CONTROL"],
    [400, "ServiceFlowControlled"],
    [400, "TooManyRequests"],
    [403, "RequestLimitExceeded"],
    [429, "HTTP429"],
    [429, "NoPermission"],
    [403, "RateLimitExceeded"],
    [403, "userRateLimitExceeded"],
    [200, "rate_limited"],
    [400, "THROTTLED"],
    [200, "too_many_requests"],
    [403, "REQUEST_LIMIT_EXCEEDED"],
    [200, "RESOURCE_EXHAUSTED"],
  ],
  denied: [
    [404, "InvalidAccessKeyId.NotFound"],
    [400, "InvalidAccessKeyId.Inactive"],
    [400, "InvalidAccessKeySecret"],
    [401, "InvalidApiKey"],
    [400, "InvalidApiKey"],
    [400, "SignatureDoesNotMatch"],
    [400, "IncompleteSignature"],
    [400, "MissingAccessKeyId"],
    [400, "InvalidSecurityToken.Expired"],
    [400, "MissingSecurityToken"],
    [400, "InvalidCredentials"],
    [400, "InvalidTimeStamp.Expired"],
    [400, "SignatureNonceUsed"],
    [400, "NoPermission"],
    [404, "Forbidden.RAM"],
    [400, "Unauthorized"],
    [400, "AccessDenied"],
    [400, "InvalidBearerToken"],
    [200, "nopermission"],
    [200, "PERMISSION_DENIED"],
    [200, "access_denied"],
    [200, "UNAUTHENTICATED"],
    [200, "invalid_api_key"],
    [401, "SomethingElse"],
    [403, "SomethingElse"],
  ],
  permanent: [
    [404, "InvalidAction.NotFound"],
    [404, "InvalidApi.NotFound"],
    [404, "InvalidApi"],
    [404, "InvalidProduct.NotFound"],
    [404, "InvalidVersion"],
    [404, "InvalidRegion"],
    [404, "InvalidRegionId.NotFound"],
    [400, "UnsupportedOperation"],
    [400, "MissingParameter"],
    [400, "InvalidApiValue"],
    [499, "SomethingElse"],
    [405, "HTTP405"],
  ],
  notFound: [
    [404, "HTTP404"],
    [400, "TaskNotFound"],
    [400, "EntityNotExist.Task"],
    [200, "InvalidTask.NotFound"],
    [200, "not_found"],
    [200, "TASK_NOT_FOUND"],
    [200, "job-does-not-exist"],
    [410, "HTTP410"],
  ],
  transient: [
    [503, "ServiceUnavailable"],
    [500, "InternalError"],
    [400, "InternalServerError"],
    [400, "SystemBusy"],
    [400, "RequestTimeout"],
    [400, "serviceunavailable"],
    [500, "HTTP500"],
    [502, "HTTP502"],
    [408, "HTTP408"],
    [409, "HTTP409"],
    [423, "HTTP423"],
    [425, "HTTP425"],
    [200, "SomethingElse"],
    [399, "SomethingElse"],
  ],
};

describe("what an answer of the API means", () => {
  it.each(Object.entries(ANSWERS))("is %s by its code, else by its status", (meaning, answers) => {
    const wrong = answers.filter(([status, code]) => classifyError(answer(status, code)) !== meaning);
    expect(wrong).toEqual([]);
  });

  it("does not change when the service also names a time to wait, except where nothing else is known", () => {
    const kept = Object.entries(ANSWERS).flatMap(([meaning, answers]) =>
      answers
        .map(([status, code]) => [status, code, classifyError(answer(status, code, { retryAfterMs: 5 }))])
        .filter(([, , got]) => got !== meaning),
    );
    expect(kept).toEqual(
      [
        [401, "SomethingElse"],
        [403, "SomethingElse"],
        [400, "MissingParameter"],
        [400, "InvalidApiValue"],
        [499, "SomethingElse"],
        [405, "HTTP405"],
        [404, "HTTP404"],
        [410, "HTTP410"],
        [503, "ServiceUnavailable"],
        [500, "InternalError"],
        [400, "InternalServerError"],
        [400, "SystemBusy"],
        [400, "RequestTimeout"],
        [400, "serviceunavailable"],
        [500, "HTTP500"],
        [502, "HTTP502"],
        [408, "HTTP408"],
        [409, "HTTP409"],
        [423, "HTTP423"],
        [425, "HTTP425"],
        [200, "SomethingElse"],
        [399, "SomethingElse"],
      ].map(([status, code]) => [status, code, "throttled"]),
    );
  });

  it.each([
    [
      "denied at once, though it asks to come again",
      answer(403, "NoPermission", { retryAfterMs: 30_000 }),
      "denied",
    ],
    [
      "an outage, though it says when it ends",
      answer(503, "HTTP503", { retryAfterMs: 30_000, maintenance: true }),
      "transient",
    ],
    [
      "passing when the client has corrected the call",
      answer(400, "InvalidTimeStamp", { resend: true }),
      "transient",
    ],
    ["throttled also then", answer(400, "Throttling", { resend: true }), "throttled"],
  ])("is %s", (_, error, meaning) => {
    expect(classifyError(error)).toBe(meaning);
  });

  it.each([
    ["code and statusCode", { code: "Throttling.User", statusCode: 400 }, "throttled"],
    ["statusCode alone", { statusCode: 403 }, "denied"],
    ["apiCode alone", { apiCode: "nopermission" }, "denied"],
    ["a code that begins like the gateway's", { code: "InvalidAccessKeyId" }, "denied"],
    ["a code of Node", { code: "ENOTFOUND" }, "transient"],
    ["a code that is a number", { code: 20 }, "transient"],
    ["a status that is text", { statusCode: "403" }, "transient"],
    ["apiCode before code", { apiCode: "NoPermission", code: "Throttling" }, "denied"],
    ["httpStatus before statusCode", { httpStatus: 404, statusCode: 403 }, "notFound"],
    ["apiCode where the status is text", { apiCode: "SomethingElse", statusCode: "403" }, "transient"],
    ["a code of Node that holds a word of the gateway's", { code: "E_Throttling" }, "transient"],
    ["nothing", {}, "transient"],
  ] as const)("is read from an error of another maker by %s", (_, fields, meaning) => {
    expect(classifyError(Object.assign(new Error("theirs"), fields))).toBe(meaning);
    expect(classifyError(fields)).toBe(meaning);
  });
});

describe("a code of the gateway", () => {
  it("counts by how it begins, not by what it holds", () => {
    const holds = ["RequestUnauthorized", "ResourceForbidden", "SomeInvalidAction"];
    expect(holds.filter((code) => classifyError(answer(500, code)) !== "transient")).toEqual([]);
  });

  it("is searched only at its beginning when it is long", () => {
    expect(classifyError(answer(400, `${"x".repeat(100)}Throttling`))).toBe("permanent");
  });
});

describe("what any other error means", () => {
  it.each<[string, unknown, ErrorMeaning]>([
    ["a task that is not known", new TaskNotFoundError("no"), "notFound"],
    ["no access", new AccessDeniedError("no"), "denied"],
    ["an option that can't be used", new InvalidOptionError("no"), "permanent"],
    ["an answer that is not as documented", new ProtocolError("odd"), "transient"],
    ["one that stays so", new ProtocolError("too large", { permanent: true }), "permanent"],
    ["no answer", new UnreachableError("refused"), "transient"],
    ["a certificate that is not trusted", new UnreachableError("no trust", { permanent: true }), "permanent"],
    ["no descriptor left", withCause(new UnreachableError("failed"), "EMFILE"), "throttled"],
    ["no descriptor left in the system", Object.assign(new Error("open"), { code: "ENFILE" }), "throttled"],
    ["a code that only resembles it", withCause(new UnreachableError("failed"), "XEMFILE"), "transient"],
    ["another such code", withCause(new UnreachableError("failed"), "EMFILES"), "transient"],
    ["text", "no", "transient"],
    ["nothing", undefined, "transient"],
    ["null", null, "transient"],
    ["an ordinary error", new Error("no"), "transient"],
    ["a message that is no text", { name: "TypeError", message: ["fetch failed"] }, "permanent"],
    ["a message that can't become text", { message: Object.create(null) }, "transient"],
    ["JSON that is none", new SyntaxError("Unexpected token < in JSON"), "transient"],
  ])("%s", (_, error, meaning) => {
    expect(classifyError(error)).toBe(meaning);
  });
});

describe("a mistake in a source", () => {
  const MISTAKES = [
    new TypeError("Cannot read properties of undefined (reading 'Status')"),
    new ReferenceError("x is not defined"),
    new RangeError("Invalid time value"),
    new URIError("URI malformed"),
    new EvalError("no"),
    Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" }),
    withCause(new TypeError("Failed to parse URL from x"), "ERR_INVALID_URL"),
    withCause(new TypeError("bad argument"), "UND_ERR_INVALID_ARG"),
    Object.assign(new TypeError("x is undefined"), { code: "XECONNRESET" }),
    Object.assign(new TypeError("x is undefined"), { code: "ECONNRESET 5" }),
    Object.assign(new TypeError("x is undefined"), { code: "X_UND_ERR_SOCKET" }),
    new TypeError("this.load failed is not a function"),
    Object.assign(new TypeError("x is undefined"), { code: ["Throttling"] }),
    // Of another realm, as under jest.
    Object.assign(new Error("x is not a function"), { name: "TypeError" }),
  ];
  const OUTAGES = [
    withCause(new TypeError("fetch failed"), "ECONNREFUSED"),
    withCause(new TypeError("anything"), "ECONNRESET"),
    withCause(new TypeError("terminated"), "UND_ERR_SOCKET"),
    withCause(new TypeError("fetch failed"), "CERT_HAS_EXPIRED"),
    new TypeError("fetch failed"),
    new TypeError("Failed to fetch"),
    new TypeError("NetworkError when attempting to fetch resource."),
    new TypeError("Load failed"),
    new TypeError("network error"),
    new TypeError("error sending request for url (http://h/)"),
    new TypeError("terminated"),
    new TypeError("Network request failed"),
    new TypeError("The network connection was lost."),
    new TypeError("Unable to connect. Is the computer able to access the url?"),
  ];

  it("is permanent: asking again does not help", () => {
    expect(MISTAKES.filter((error) => classifyError(error) !== "permanent")).toEqual([]);
  });

  it("is told from a network that fails, for which fetch throws a TypeError, too", () => {
    expect(OUTAGES.filter((error) => classifyError(error) !== "transient")).toEqual([]);
  });

  it("is observed as a ProtocolError that names it and has it as cause", () => {
    for (const cause of MISTAKES) {
      const observed = observeError(cause);
      expect(observed.kind).toBe("permanent");
      expect(observed.error).toBeInstanceOf(ProtocolError);
      expect(observed.error).toMatchObject({ cause, permanent: true });
      expect(observed.error.message).toBe(`the source threw ${cause.name}: ${cause.message}`);
    }
  });

  it("is one also where the source has no describe", async () => {
    const observed = await observe({} as Parameters<typeof observe>[0], "t-1", new AbortController().signal);
    expect(observed).toMatchObject({ kind: "permanent", error: { name: "ProtocolError" } });
  });
});

describe("whether an error concerns who asks, and not what was asked for", () => {
  it.each([
    ["no credentials", new AccessDeniedError("no")],
    ["no answer", new UnreachableError("refused")],
    ["a fetch that reached nobody", new TypeError("fetch failed")],
    ["an answer of 401", answer(401, "SomethingElse")],
    ["a key that is refused", answer(404, "InvalidAccessKeyId.NotFound")],
    ["a wrong address", answer(404, "InvalidAction.NotFound")],
  ])("%s does", (_, error) => {
    expect(isAboutCaller(error)).toBe(true);
  });

  it.each([
    ["a task that is not known", answer(404, "InvalidTask.NotFound")],
    ["a task that this key may not see", answer(403, "NoPermission")],
    ["an error of the service without a code", Object.assign(new Error("theirs"), { statusCode: 500 })],
    ["a code that is no text", { code: ["SignatureDoesNotMatch"], statusCode: 500 }],
    ["a mistake in the source", new TypeError("x is not a function")],
  ])("%s does not", (_, error) => {
    expect(isAboutCaller(error)).toBe(false);
  });
});

describe("how long the service asks to wait", () => {
  it.each([
    ["our own field", { retryAfterMs: 250 }, 250],
    ["the official SDK's", { retryAfter: 250 }, 250],
    ["our own first", { retryAfterMs: 1, retryAfter: 2 }, 1],
    ["nothing for 0", { retryAfterMs: 0 }, undefined],
    ["nothing for less", { retryAfterMs: -1 }, undefined],
    ["nothing for infinity", { retryAfterMs: Number.POSITIVE_INFINITY }, undefined],
    ["nothing for text", { retryAfterMs: "250" }, undefined],
    ["nothing for nothing", {}, undefined],
  ] as const)("is %s", (_, error, ms) => {
    expect(retryAfterMsOf(error)).toBe(ms);
  });

  it("is part of the observation only when it is throttled", () => {
    const asked = { retryAfterMs: 250 };
    expect(observeError(answer(400, "Throttling", asked))).toMatchObject({ kind: "throttled", ...asked });
    expect(observeError(answer(400, "Throttling"))).not.toHaveProperty("retryAfterMs");
    expect(observeError(answer(503, "Busy", { ...asked, maintenance: true }))).not.toHaveProperty(
      "retryAfterMs",
    );
  });
});
