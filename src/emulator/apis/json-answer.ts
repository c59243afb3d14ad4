import { answerError } from "../../apis/transport/answer-error.ts";
import { type Answer, commonHeaders, newRequestId } from "../protocol/answer.ts";
import { isFields } from "./places.ts";

/** An answer of JSON, with a request id of its own where it has one. */
export function jsonAnswer(
  httpStatus: number,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const requestId = newRequestId();
  const body = isFields(json)
    ? Object.fromEntries(
        Object.entries(json).map(([key, value]) =>
          /^request_?id$/i.test(key) && typeof value === "string" ? [key, requestId] : [key, value],
        ),
      )
    : json;
  return {
    httpStatus,
    headers: { ...commonHeaders(requestId), ...headers },
    body: httpStatus === 204 ? "" : JSON.stringify(body),
    requestId,
    ...(httpStatus < 400
      ? {}
      : { code: answerError(json, { httpStatus, subject: "" }, (text) => text).apiCode }),
  };
}
