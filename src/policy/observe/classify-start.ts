import { isBdrcApiError, isProtocolError, isUnreachableError } from "../../task/errors.ts";
import { classifyError } from "./classify-error.ts";
import { errorChain, errorCodeOf, fieldOf } from "./error-code.ts";

/**
 * What a failed start means: `retry`, it certainly started nothing and may be sent again; `refused`, it
 * started nothing and never will; `unclear`, it may have started a task.
 */
export type StartMeaning = "retry" | "refused" | "unclear";

// No connection came about, so nothing was sent.
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;
const NETWORK_CODE = /^(E[A-Z_]+|UND_ERR_[A-Z_]+)$/;

/**
 * Tells what a failed start means. The API has no idempotency token, so a start is sent again only when it
 * certainly was not taken: it was throttled, or never sent.
 */
export function classifyStart(error: unknown): StartMeaning {
  const meaning = classifyError(error);
  if (meaning === "throttled") {
    return "retry";
  }
  if (isBdrcApiError(error)) {
    // A nonce that was used already: the request came twice, and the other one may have been taken.
    return meaning === "transient" || error.apiCode === "SignatureNonceUsed" ? "unclear" : "refused";
  }
  if (isUnreachableError(error) && error.permanent === true) {
    return "refused";
  }
  const code = errorCodeOf(error, NETWORK_CODE);
  if ((code !== undefined && NEVER_SENT.test(code)) || isNeverSent(error)) {
    return "retry";
  }
  if (isUnreachableError(error) || isProtocolError(error) || code !== undefined) {
    return "unclear";
  }
  return meaning !== "transient" || isProgrammingError(error) ? "refused" : "unclear";
}

/** Our client's own knowledge: no connection came about. */
function isNeverSent(error: unknown): boolean {
  return [...errorChain(error)].some((one) => fieldOf(one, "sent") === false);
}

/** A mistake in the start itself, which nothing that was sent can have caused. */
function isProgrammingError(error: unknown): boolean {
  return (
    error instanceof ReferenceError ||
    error instanceof RangeError ||
    error instanceof SyntaxError ||
    (error instanceof TypeError && error.cause === undefined)
  );
}
