import { describe, expect, it } from "vitest";
import { classifyStart, type StartMeaning } from "../../src/policy/observe/classify-start.ts";
import {
  AccessDeniedError,
  BdrcApiError,
  InvalidOptionError,
  ProtocolError,
  UnreachableError,
} from "../../src/task/errors.ts";

const answer = (httpStatus: number, apiCode: string, details: object = {}): BdrcApiError =>
  new BdrcApiError("said so", { httpStatus, apiCode, ...details });

const network = (code: string): UnreachableError =>
  new UnreachableError("no answer", { cause: Object.assign(new Error("below"), { code }) });

const MEANINGS: Readonly<Record<StartMeaning, readonly unknown[]>> = {
  retry: [
    answer(400, "Throttling.User"),
    answer(429, "HTTP429"),
    network("ECONNREFUSED"),
    network("ENOTFOUND"),
    network("EAI_AGAIN"),
    network("EMFILE"),
    network("ENFILE"),
    network("UND_ERR_CONNECT_TIMEOUT"),
    Object.assign(new TypeError("fetch failed"), {
      cause: Object.assign(new Error(), { code: "ECONNREFUSED" }),
    }),
  ],
  refused: [
    answer(400, "MissingParameter"),
    answer(403, "NoPermission"),
    answer(404, "InvalidAction.NotFound"),
    answer(400, "InvalidTask.NotFound"),
    answer(409, "OperationConflict"),
    answer(423, "HTTP423"),
    new AccessDeniedError("no"),
    new InvalidOptionError("no"),
    new UnreachableError("the certificate is not trusted", { permanent: true }),
  ],
  unclear: [
    answer(500, "InternalError"),
    answer(503, "ServiceUnavailable"),
    answer(503, "ServiceUnavailable", { retryAfterMs: 1000, maintenance: true }),
    answer(400, "SignatureNonceUsed"),
    answer(409, "SignatureNonceUsed"),
    answer(409, "SystemBusy"),
    answer(423, "InternalError"),
    answer(409, "InvalidTimeStamp.Expired", { resend: true }),
    network("ECONNRESET"),
    network("EPIPE"),
    network("UND_ERR_SOCKET"),
    network("UND_ERR_HEADERS_TIMEOUT"),
    new UnreachableError("no answer within 10 s"),
    new ProtocolError("not JSON"),
    new ProtocolError("too large", { permanent: true }),
    Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
    Object.assign(new TypeError("fetch failed"), {
      cause: Object.assign(new Error(), { code: "UND_ERR_SOCKET" }),
    }),
    new TypeError("fetch failed"),
    // Of a program that reads an answer which it did not expect: the start has arrived.
    new TypeError("Cannot read properties of undefined (reading 'taskId')"),
    new ReferenceError("x is not defined"),
    new RangeError("out of range"),
    Object.assign(new TypeError("x is not a function"), { code: "ERR_INVALID_ARG_TYPE" }),
    // Of an answer that came, and is no JSON.
    new SyntaxError("Unexpected token < in JSON"),
    new Error("something"),
    "text",
    undefined,
  ],
};

describe("a start that failed", () => {
  it.each(Object.entries(MEANINGS))("is %s", (meaning, errors) => {
    const wrong = errors.filter((error) => classifyStart(error) !== meaning);
    expect(wrong).toEqual([]);
  });
});
