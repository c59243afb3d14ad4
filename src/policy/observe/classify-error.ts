import {
  isAccessDeniedError,
  isInvalidOptionError,
  isProtocolError,
  isTaskNotFoundError,
  isUnreachableError,
} from "../../task/errors.ts";

/** What an error of a source means for a wait. */
export type ErrorMeaning = "throttled" | "notFound" | "denied" | "permanent" | "transient";

// Codes of Alibaba Cloud's gateway; the sources are in docs/wire.md. They are matched before the HTTP status,
// because the gateway answers throttling with 400 and an unknown key with 404.
const THROTTLED = /Throttling|FlowControl|TooManyRequests|RequestLimitExceeded/i;
const DENIED =
  /^(InvalidAccessKeyId|InvalidAccessKeySecret|SignatureDoesNotMatch|IncompleteSignature|MissingAccessKeyId|InvalidSecurityToken|MissingSecurityToken|InvalidCredentials|InvalidTimeStamp|SignatureNonceUsed|InvalidApiKey|NoPermission|Forbidden|Unauthorized|AccessDenied|InvalidBearerToken)/i;
const WRONG_ADDRESS =
  /^(InvalidAction|InvalidApi|InvalidProduct|InvalidVersion|InvalidRegion|UnsupportedOperation)/i;
const NOT_FOUND = /NotFound|NotExist/;
const PASSING = /ServiceUnavailable|InternalError|InternalServerError|SystemBusy|Timeout/i;

/** The fields that tell API errors apart, under our names or the official SDK's. */
interface ApiErrorShape {
  readonly apiCode?: unknown;
  readonly code?: unknown;
  readonly httpStatus?: unknown;
  readonly statusCode?: unknown;
  readonly retryAfterMs?: unknown;
  readonly retryAfter?: unknown;
  readonly resend?: unknown;
}

/**
 * How long the service asked to wait, in milliseconds: our `retryAfterMs`, or the official SDK's `retryAfter`
 * (milliseconds, from `x-acs-retry-after`). Not positive means not said.
 *
 * @internal Exported for the command.
 */
export function retryAfterMsOf(error: unknown): number | undefined {
  const { retryAfterMs, retryAfter } = (error ?? {}) as ApiErrorShape;
  const value = retryAfterMs ?? retryAfter;
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;
}

/**
 * Tells what an error of a source means. Errors of other makers are read by shape: `apiCode` or `code`, with
 * `httpStatus` or `statusCode`. What is not understood is a passing fault, which the outage budget bounds.
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
  if (isProtocolError(error) || isUnreachableError(error)) {
    return error.permanent === true ? "permanent" : "transient";
  }
  if (typeof error !== "object" || error === null) {
    return "transient";
  }
  return classifyApiError(error as ApiErrorShape);
}

function classifyApiError(error: ApiErrorShape): ErrorMeaning {
  const status = error.httpStatus ?? error.statusCode;
  const code = error.apiCode ?? error.code;
  if (typeof status !== "number" && typeof error.apiCode !== "string" && !isGatewayCode(code)) {
    return "transient";
  }
  return classifyAnswer(
    typeof code === "string" ? code : "",
    typeof status === "number" ? status : 0,
    retryAfterMsOf(error) !== undefined,
    error.resend === true,
  );
}

/** Node's own codes (`ECONNRESET`, `UND_ERR_SOCKET`) are not the gateway's, whose words begin upper case. */
function isGatewayCode(code: unknown): boolean {
  return typeof code === "string" && /^[A-Z][a-z]/.test(code);
}

function classifyAnswer(code: string, status: number, asksToWait: boolean, resend: boolean): ErrorMeaning {
  if (asksToWait || status === 429 || THROTTLED.test(code)) {
    return "throttled";
  }
  if (resend) {
    return "transient";
  }
  if (DENIED.test(code)) {
    return "denied";
  }
  if (WRONG_ADDRESS.test(code)) {
    return "permanent";
  }
  if (NOT_FOUND.test(code)) {
    return "notFound";
  }
  if (PASSING.test(code)) {
    return "transient";
  }
  return classifyStatus(status);
}

function classifyStatus(status: number): ErrorMeaning {
  if (status === 404) {
    return "notFound";
  }
  if (status === 401 || status === 403) {
    return "denied";
  }
  const passing = status === 408 || status === 425;
  return status >= 400 && status < 500 && !passing ? "permanent" : "transient";
}
