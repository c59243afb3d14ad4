import { errorCodeOf } from "../../policy/observe/error-code.ts";

/** No connection came about, so nothing was sent. `cause` says why. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  /** For who sends a start again. */
  readonly sent = false;
  /** The code of the cause. */
  readonly code?: string;
  /** What the proxy answered instead of a tunnel. */
  readonly proxyStatus?: number;

  constructor(message: string, details: { readonly cause?: unknown; readonly proxyStatus?: number } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const code = errorCodeOf(details.cause, /^[A-Z][A-Z0-9_]+$/);
    if (code !== undefined) {
      this.code = code;
    }
    if (details.proxyStatus !== undefined) {
      this.proxyStatus = details.proxyStatus;
    }
  }
}
