import { isBdrcApiError, isProtocolError, isUnreachableError } from "../../task/errors.ts";
import { classifyError, isConflict, isProgrammingError } from "./classify-error.ts";
import { errorChain, errorCodeOf, fieldOf } from "./error-code.ts";

/**
 * The meaning of a failed start. `retry`: it started nothing, and can be sent again. `refused`: it started nothing,
 * and another try would not either. `unclear`: it may have started a task.
 */
export type StartMeaning = "retry" | "refused" | "unclear";

// Without a connection, nothing was sent.
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EMFILE|ENFILE|UND_ERR_CONNECT_TIMEOUT)$/;
const NETWORK_CODE = /^(E[A-Z_]+|UND_ERR_[A-Z_]+)$/;

/**
 * Classifies the error of a start. The API has no idempotency token, so a start is sent again only if the service
 * did not take it: it was throttled, or never sent.
 */
export function classifyStart(error: unknown): StartMeaning {
  const meaning = classifyError(error);
  if (meaning === "throttled") {
    return "retry";
  }
  if (isBdrcApiError(error)) {
    if (error.apiCode === "SignatureNonceUsed") {
      // The request arrived twice, and the service may have taken the other one.
      return "unclear";
    }
    // A conflict passes for a poll; a start it has refused.
    return meaning === "transient" && !isConflict(error) ? "unclear" : "refused";
  }
  if (isUnreachableError(error) && error.permanent === true) {
    // Such as an untrusted certificate, or a proxy that refuses: nothing was sent.
    return "refused";
  }
  const code = errorCodeOf(error, NETWORK_CODE);
  if ((code !== undefined && NEVER_SENT.test(code)) || isNeverSent(error)) {
    return "retry";
  }
  if (isUnreachableError(error) || isProtocolError(error) || code !== undefined) {
    return "unclear";
  }
  // A programming error tells nothing of the call: the answer may have come, and reading it failed.
  return meaning === "transient" || isProgrammingError(error) ? "unclear" : "refused";
}

/** Whether our client knows that no connection came about. */
function isNeverSent(error: unknown): boolean {
  return [...errorChain(error)].some((one) => fieldOf(one, "sent") === false);
}
