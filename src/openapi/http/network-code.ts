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

/**
 * The code that tells what went wrong: the error's own, or that of the first failed attempt when a name had
 * several addresses.
 */
export function networkCodeOf(error: unknown, depth = 4): string | undefined {
  // An error may be its own cause.
  if (typeof error !== "object" || error === null || depth === 0) {
    return undefined;
  }
  const { code, errors, cause } = error as { code?: unknown; errors?: unknown; cause?: unknown };
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) {
    return code;
  }
  return networkCodeOf(Array.isArray(errors) ? errors[0] : cause, depth - 1);
}
