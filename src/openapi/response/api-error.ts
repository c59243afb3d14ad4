import { ApiError } from "../../task/errors.ts";
import { printable } from "../../task/printable.ts";
import { aboutTask, type Operation } from "../request/operation.ts";
import type { Envelope } from "./envelope.ts";
import type { RawAnswer } from "./raw-answer.ts";
import type { Scrub } from "./scrub.ts";

// A refused signature is answered with the text that the service signed, which holds key id and token.
const ECHO = /(?:the\s{1,9})?(?:server\s{0,9})?(?:string\s{0,9}to\s{0,9}sign|canonical\s{0,9}request)/i;
// Much more than is shown. What is longer is cut before it is searched.
const MAX_TEXT_LENGTH = 16_384;

/** What the service said of an error, as it came. */
interface ErrorText {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
}

/**
 * The error that an answer is, if it is one: a status of 400 or more with anything that the API's errors have, or a
 * `Code` without the operation's `dataField`. Whatever else comes with such a status is not from the API.
 *
 * @param body - The answer's JSON, or `undefined` if it is none.
 */
export function apiErrorOf(
  answer: RawAnswer,
  body: Envelope | undefined,
  operation: Operation,
  scrub: Scrub,
): ApiError | undefined {
  const { httpStatus, headers } = answer;
  const told = errorTextOf(body ?? {});
  const retryAfterMs = retryAfterOf(headers);
  const maintenance = isMaintenance(httpStatus, headers);
  const failed = httpStatus >= 400;
  const evidence = told.code ?? told.message ?? told.requestId ?? (failed ? retryAfterMs : undefined);
  if (evidence === undefined || !(failed || lacksData(told, body, operation))) {
    return undefined;
  }
  const clean = (text: string, maxLength: number) =>
    printable(scrub(text.slice(0, MAX_TEXT_LENGTH)), maxLength);
  const apiCode = clean(told.code ?? `HTTP${httpStatus}`, 100);
  const requestId = told.requestId ?? headers.get("x-acs-request-id");
  const message = clean(withoutEcho((told.message ?? "no message").slice(0, MAX_TEXT_LENGTH)), 500);
  const shownId = requestId === undefined ? "" : `, request ${clean(requestId, 100)}`;
  return new ApiError(`${operation.subject} failed: ${apiCode}: ${message} (HTTP ${httpStatus}${shownId})`, {
    httpStatus,
    apiCode,
    ...aboutTask(operation),
    ...(requestId === undefined ? {} : { requestId: clean(requestId, 100) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(maintenance ? { maintenance } : {}),
  });
}

/** The same error, saying that the call may be sent again at once. */
export function resendable(error: ApiError): ApiError {
  const { httpStatus, apiCode, taskId, requestId, retryAfterMs } = error;
  return new ApiError(error.message, {
    httpStatus,
    apiCode,
    resend: true,
    ...(taskId === undefined ? {} : { taskId }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/**
 * How long the service asks to wait, in milliseconds: `x-acs-retry-after` (milliseconds), else `Retry-After`
 * (seconds, or a date, which counts from the answer's own `Date`). Zero and less count as not asked.
 *
 * Source of the unit: the official SDK's runtime, which sleeps the number as milliseconds.
 */
export function retryAfterOf(headers: ReadonlyMap<string, string>): number | undefined {
  const own = positive(headers.get("x-acs-retry-after"));
  if (own !== undefined) {
    return own;
  }
  const standard = headers.get("retry-after");
  const seconds = positive(standard);
  if (seconds !== undefined) {
    return seconds * 1000;
  }
  const waitMs = dateOf(standard) - answeredAtMs(headers);
  return waitMs > 0 ? waitMs : undefined;
}

/** Whether the service is down for a time that it names. The API's own header is of throttling. */
export function isMaintenance(httpStatus: number, headers: ReadonlyMap<string, string>): boolean {
  return httpStatus >= 500 && retryAfterOf(headers) !== undefined && !headers.has("x-acs-retry-after");
}

/** When an answer was made, in Unix milliseconds: by its own `Date`, else now. */
export function answeredAtMs(headers: ReadonlyMap<string, string>): number {
  return dateOf(headers.get("date")) || Date.now();
}

// Date.parse takes almost anything with a number for a date.
function dateOf(text: string | undefined): number {
  return text !== undefined && /^[A-Z][a-z]+, /.test(text) ? Date.parse(text) : Number.NaN;
}

function positive(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\s*\d{1,12}(?:\.\d{1,6})?\s*$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

function errorTextOf(body: Envelope): ErrorText {
  const field = (...names: string[]): string | undefined => {
    const value = names.map((name) => (Object.hasOwn(body, name) ? body[name] : undefined));
    return value.find((text): text is string => typeof text === "string" && text !== "");
  };
  return {
    code: field("Code", "code"),
    message: field("Message", "message"),
    requestId: field("RequestId", "requestId"),
  };
}

function withoutEcho(message: string): string {
  const at = message.search(ECHO);
  return at < 0 ? message : message.slice(0, at).trim() || "no message";
}

function lacksData(told: ErrorText, body: Envelope | undefined, { dataField }: Operation): boolean {
  return told.code !== undefined && dataField !== undefined && (body?.[dataField] ?? null) === null;
}
