import {
  isAccessDeniedError,
  isInvalidOptionError,
  isProtocolError,
  isTaskNotFoundError,
  isUnreachableError,
} from "../../task/errors.ts";
import { errorCodeOf, fieldOf } from "./error-code.ts";

/** The meaning of a source's error for a wait. */
export type ErrorMeaning = "throttled" | "notFound" | "denied" | "permanent" | "transient";

// Codes of Alibaba Cloud's gateway; the sources are in docs/wire.md. They are matched before the HTTP status,
// because the gateway answers throttling with 400 and an unknown key with 404.
// Of words that several services share, `RATE_LIMITED` and `not_found`, every spelling.
const THROTTLED =
  /Throttl(?:ing|ed)|Flow.?Control|Too.?Many.?Requests|Request.?Limit.?Exceeded|Rate.?Limit|RESOURCE_EXHAUSTED/i;
const KEY_REFUSED =
  /^(InvalidAccessKeyId|InvalidAccessKeySecret|Invalid_?Api_?Key|Unauthenticated|SignatureDoesNotMatch|IncompleteSignature|MissingAccessKeyId|InvalidSecurityToken|MissingSecurityToken|InvalidCredentials|InvalidTimeStamp|SignatureNonceUsed|Unauthorized|InvalidBearerToken)/i;
// A policy may allow some tasks and not others.
const NOT_ALLOWED = /^(NoPermission|Forbidden|Access_?Denied|Permission_?Denied)/i;
// Whole words: `InvalidApi.NotFound`, and not `InvalidApiKey`.
const WRONG_ADDRESS =
  /^(InvalidAction|InvalidApi|InvalidProduct|InvalidVersion|InvalidRegion|InvalidRegionId|UnsupportedOperation)(?![a-z])/i;
const NOT_FOUND = /Not[-_ ]?(?:Found|Exist)/i;
const PASSING = /ServiceUnavailable|InternalError|InternalServerError|SystemBusy|Timeout/i;
// What another request is about just now is free again later.
const CONFLICT_STATUSES: ReadonlySet<unknown> = new Set([409, 423]);
const PASSING_STATUSES: ReadonlySet<unknown> = new Set([408, 425, ...CONFLICT_STATUSES]);
// Longer codes are cut before they are searched.
const MAX_CODE_LENGTH = 100;

// This process has no descriptor left for a connection, which fewer calls at a time correct.
const TOO_MANY_OPEN = /^(EMFILE|ENFILE)$/;

const PROGRAMMING_ERRORS: ReadonlySet<unknown> = new Set([
  "EvalError",
  "RangeError",
  "ReferenceError",
  "TypeError",
  "URIError",
]);
// What `fetch` of the runtimes says when the network fails: it throws a TypeError, in browsers without a cause.
const FETCH_FAILED =
  /^(fetch failed|failed to fetch|load failed|terminated|network ?error|network request failed|the network connection was lost|error sending request|unable to connect)/i;
const NETWORK_CODE = /^(?!ERR_)E[A-Z_]+$|^UND_ERR_(?!INVALID)/;

/**
 * How long the service asked to wait, in milliseconds: our `retryAfterMs`, or the official SDK's `retryAfter`
 * (milliseconds, from `x-acs-retry-after`). Undefined when it is absent or not positive.
 *
 * @hidden Exported for the command.
 */
export function retryAfterMsOf(error: unknown): number | undefined {
  const value = fieldOf(error, "retryAfterMs") ?? fieldOf(error, "retryAfter");
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;
}

/** Whether a code or a text of a service speaks of a rate limit. */
export function saysThrottled(text: string): boolean {
  return THROTTLED.test(text);
}

/**
 * Classifies an error of a source. Errors that are not of this package are read by shape: `apiCode` or `code`, with
 * `httpStatus` or `statusCode`. A programming error (a `TypeError` and the like, unless the network is behind it) is
 * permanent. Everything else is a passing fault, which the outage budget bounds.
 */
export function classifyError(error: unknown): ErrorMeaning {
  if (isTaskNotFoundError(error)) {
    return "notFound";
  }
  if (isAccessDeniedError(error)) {
    return "denied";
  }
  if (isInvalidOptionError(error)) {
    return "permanent";
  }
  if (errorCodeOf(error, TOO_MANY_OPEN) !== undefined) {
    return "throttled";
  }
  if (isProtocolError(error) || isUnreachableError(error)) {
    return error.permanent === true ? "permanent" : "transient";
  }
  return classifyApiError(error);
}

/**
 * Whether the error is a mistake in a program: a `TypeError`, `ReferenceError`, `RangeError`, `URIError` or
 * `EvalError`. The `TypeError` of a `fetch` that reached nobody is not.
 */
export function isProgrammingError(error: unknown): boolean {
  return PROGRAMMING_ERRORS.has(fieldOf(error, "name")) && !hasNoAnswer(error);
}

/**
 * Whether the error concerns who asks or the way to the service, and not what was asked for: no credentials, a refused
 * key, a wrong address, no answer.
 */
export function isAboutCaller(error: unknown): boolean {
  const { code, status } = answerOf(error);
  return (
    isAccessDeniedError(error) ||
    isUnreachableError(error) ||
    status === 401 ||
    (typeof code === "string" && (KEY_REFUSED.test(code) || WRONG_ADDRESS.test(code))) ||
    hasNoAnswer(error)
  );
}

/** Code and status of an answer of the service, as far as an error has them. */
export function answerOf(error: unknown): Readonly<Record<"apiCode" | "code" | "status", unknown>> {
  const apiCode = fieldOf(error, "apiCode");
  const status = fieldOf(error, "httpStatus") ?? fieldOf(error, "statusCode");
  return { apiCode, code: apiCode ?? fieldOf(error, "code"), status };
}

/** Whether the error says that the network failed. */
function hasNoAnswer(error: unknown): boolean {
  const message = fieldOf(error, "message");
  return (
    errorCodeOf(error, NETWORK_CODE) !== undefined ||
    (typeof message === "string" && FETCH_FAILED.test(message))
  );
}

function classifyApiError(error: unknown): ErrorMeaning {
  const { apiCode, code, status } = answerOf(error);
  if (typeof status !== "number" && typeof apiCode !== "string" && !isGatewayCode(code)) {
    return isProgrammingError(error) ? "permanent" : "transient";
  }
  const asksToWait = retryAfterMsOf(error) !== undefined && fieldOf(error, "maintenance") !== true;
  return classifyAnswer(
    typeof code === "string" ? code.slice(0, MAX_CODE_LENGTH) : "",
    typeof status === "number" ? status : 0,
    asksToWait,
    fieldOf(error, "resend") === true,
  );
}

/** Whether the status alone says that another request is in the way: a code or a request to send again says more. */
export function isConflict(error: unknown): boolean {
  const { code, status } = answerOf(error);
  return CONFLICT_STATUSES.has(status) && !PASSING.test(String(code)) && fieldOf(error, "resend") !== true;
}

/** Node's own codes (`ECONNRESET`, `UND_ERR_SOCKET`) are not the gateway's, which begin with a capitalized word. */
function isGatewayCode(code: unknown): boolean {
  return typeof code === "string" && /^[A-Z][a-z]/.test(code);
}

function classifyAnswer(code: string, status: number, asksToWait: boolean, resend: boolean): ErrorMeaning {
  if (status === 429 || saysThrottled(code)) {
    return "throttled";
  }
  if (resend) {
    return "transient";
  }
  if (KEY_REFUSED.test(code) || NOT_ALLOWED.test(code)) {
    return "denied";
  }
  if (WRONG_ADDRESS.test(code)) {
    return "permanent";
  }
  if (NOT_FOUND.test(code)) {
    return "notFound";
  }
  if (asksToWait) {
    return "throttled";
  }
  return PASSING.test(code) ? "transient" : classifyStatus(status);
}

function classifyStatus(status: number): ErrorMeaning {
  if (status === 404 || status === 410) {
    return "notFound";
  }
  if (status === 401 || status === 403) {
    return "denied";
  }
  return status >= 400 && status < 500 && !PASSING_STATUSES.has(status) ? "permanent" : "transient";
}
