import { errorCodeOf } from "../../policy/observe/error-code.ts";

const CODES: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** Whether the code says that the network failed, rather than anything that was asked for. */
export function isNetworkCode(code: string | undefined): boolean {
  return code !== undefined && (CODES.has(code) || code.startsWith("UND_ERR_"));
}

/** The code that tells what went wrong: the error's own, or that of what led to it. */
export function networkCodeOf(error: unknown): string | undefined {
  return errorCodeOf(error, /^[A-Z][A-Z0-9_]{2,60}$/);
}
