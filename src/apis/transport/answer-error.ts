import { saysThrottled } from "../../policy/observe/classify-error.ts";
import { BdrcApiError } from "../../task/errors.ts";
import { printable } from "../../task/printable.ts";

const MAX_SEARCHED = 500;

type Fields = Readonly<Record<string, unknown>>;

/** What an answer is besides its JSON. */
export interface AnswerFacts {
  readonly httpStatus: number;
  /** What errors call the call. */
  readonly subject: string;
  readonly taskId?: string;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  /** Its headers say that no call remains. */
  readonly isQuotaSpent?: boolean;
  /** It is down for a time that it names. */
  readonly maintenance?: boolean;
  /** What to say of a body without a message. Default `"no message"`. */
  readonly glimpse?: string;
}

/**
 * The error that a service answered with, wherever it writes code and message: `Code`, `code`, `errorCode`, `error_code`,
 * `error.code`, `error.status` (Google's word goes before its number), `error.type`, or those of the first of `errors`. A
 * 403 of a rate limit has the code `RateLimitExceeded`, whatever it says besides: who may not ask gets the same status.
 *
 * @param body - Its JSON; anything else says nothing, and the status alone counts.
 */
export function answerError(
  body: unknown,
  facts: AnswerFacts,
  scrub: (text: string) => string,
): BdrcApiError {
  const { httpStatus, subject, taskId, requestId, retryAfterMs, maintenance } = facts;
  const top = fieldsOf(Array.isArray(body) ? body[0] : body);
  const [first] = Array.isArray(top["errors"]) ? (top["errors"] as readonly unknown[]) : [];
  const inner = fieldsOf(top["error"] ?? first);
  const named =
    textOf(top, "Code", "code", "errorCode", "error_code") ??
    textOf(inner, "code") ??
    textOf(inner, "status", "type") ??
    textOf(top, "error") ??
    numberOf(inner["code"]) ??
    `HTTP${httpStatus}`;
  const message =
    textOf(top, "Message", "message", "error_description") ??
    textOf(inner, "message", "detail", "title", "reason") ??
    (typeof first === "string" && first !== "" ? first : undefined) ??
    textOf(top, "detail", "title") ??
    facts.glimpse ??
    "no message";
  const reasons = Array.isArray(inner["errors"]) ? textOf(fieldsOf(inner["errors"][0]), "reason") : "";
  const isRateLimit =
    httpStatus === 403 &&
    (facts.isQuotaSpent === true || saysThrottled(`${reasons} ${message.slice(0, MAX_SEARCHED)}`));
  const apiCode = isRateLimit ? "RateLimitExceeded" : printable(scrub(named), 100);
  return new BdrcApiError(
    `${subject} failed: ${apiCode}: ${printable(scrub(message), 500)} (HTTP ${httpStatus})`,
    {
      httpStatus,
      apiCode,
      ...(taskId === undefined ? {} : { taskId }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(maintenance === true ? { maintenance } : {}),
    },
  );
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textOf(fields: Fields, ...names: readonly string[]): string | undefined {
  const values = names.map((name) => (Object.hasOwn(fields, name) ? fields[name] : undefined));
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

function numberOf(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : undefined;
}
