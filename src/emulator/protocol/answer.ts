import { randomBytes, randomUUID } from "node:crypto";
import type { Refusal } from "./refusal.ts";

/** One answer, complete but for what the transport adds. */
export interface Answer {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly requestId: string;
  /** The answer's `Code`, when it is an error. */
  readonly code?: string;
}

/** The answer to a call that went well. */
export function goodAnswer(data: unknown): Answer {
  const requestId = newRequestId();
  return {
    httpStatus: 200,
    headers: commonHeaders(requestId),
    body: JSON.stringify({ RequestId: requestId, Data: data }),
    requestId,
  };
}

/** An id as the gateway gives each request. */
export function newRequestId(): string {
  return randomUUID().toUpperCase();
}

/**
 * The answer to a call that was refused.
 *
 * @param host - The host that was asked, echoed as `HostId`.
 */
export function errorAnswer(refusal: Refusal, host: string): Answer {
  const requestId = newRequestId();
  const { httpStatus, code, message, retryAfterMs, extra } = refusal;
  return {
    httpStatus,
    headers: {
      ...commonHeaders(requestId),
      ...(retryAfterMs === undefined ? {} : { "x-acs-retry-after": String(retryAfterMs) }),
    },
    body: JSON.stringify({
      RequestId: requestId,
      HostId: host,
      Code: code,
      Message: message,
      Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}&product=BDRC&requestId=${requestId}`,
      ...extra,
    }),
    requestId,
    code,
  };
}

/** The headers of every answer. */
export function commonHeaders(requestId: string): Record<string, string> {
  return {
    "content-type": "application/json;charset=utf-8",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "*",
    "x-acs-request-id": requestId,
    "x-acs-trace-id": randomBytes(16).toString("hex"),
  };
}
