import { timingSafeEqual } from "node:crypto";
import {
  canonicalRequest,
  encodeRfc3986,
  sha256Hex,
  signature,
  signedHeaderNames,
  stringToSign,
} from "../../openapi/request/signature.ts";
import { type ApiRequest, decodeSegment, header } from "../protocol/api-request.ts";
import { type Refusal, refuse } from "../protocol/refusal.ts";
import type { EmulatorKey, KeyRing } from "./key-ring.ts";
import type { NonceMemory } from "./nonce-memory.ts";

/** Both for a date that is off and for how long a nonce counts as used. */
export const CLOCK_WINDOW_MS: number = 15 * 60_000;

const AUTHORIZATION =
  /^ACS3-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/;
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Who calls, or why that can't be told. */
export type Authentication =
  | { readonly kind: "caller"; readonly accessKeyId?: string; readonly accountId: string }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly accessKeyId?: string };

/** What {@link authenticate} checks a request against. */
export interface AuthenticationContext {
  readonly keys: KeyRing;
  readonly nonces: NonceMemory;
  /** The server's clock, in Unix milliseconds. */
  readonly nowMs: number;
}

/**
 * Checks a request in the order key, date, nonce, signature, token. That order is an assumption but for one
 * point: a wrong signature is told before a wrong parameter.
 */
export function authenticate(request: ApiRequest, context: AuthenticationContext): Authentication {
  return header(request, "x-acs-signature-type") === "BEARERTOKEN"
    ? authenticateBearer(request, context)
    : authenticateKey(request, context);
}

function authenticateBearer(request: ApiRequest, context: AuthenticationContext): Authentication {
  const caller = callerOfBearer(header(request, "x-acs-bearer-token") ?? "", context);
  if (caller.kind === "refused") {
    return caller;
  }
  const refusal = checkDate(request, context) ?? checkNonce(request, caller.accountId, context);
  return refusal === undefined ? caller : refused(refusal);
}

/** Who calls with this bearer token, whatever else the request has. */
export function callerOfBearer(
  token: string,
  { keys, nowMs }: Pick<AuthenticationContext, "keys" | "nowMs">,
): Authentication {
  const bearer = keys.bearer(token);
  return bearer === undefined || (bearer.expiresAtMs ?? Number.POSITIVE_INFINITY) <= nowMs
    ? refused(refuse("InvalidBearerToken"))
    : { kind: "caller", accountId: bearer.accountId ?? `bearer ${sha256Hex(token)}` };
}

function authenticateKey(request: ApiRequest, context: AuthenticationContext): Authentication {
  const authorization = header(request, "authorization");
  if (authorization === undefined || authorization.trim() === "") {
    return refused(refuse("MissingAccessKeyId"));
  }
  const parts = AUTHORIZATION.exec(authorization.trim());
  if (parts === null) {
    return refused(refuse("IncompleteSignature"));
  }
  const [, accessKeyId = "", declared = "", claimed = ""] = parts;
  const key = context.keys.key(accessKeyId);
  if (key === undefined) {
    return refused(refuse("InvalidAccessKeyId.NotFound"), accessKeyId);
  }
  const refusal =
    (key.disabled ? refuse("InvalidAccessKeyId.Inactive") : undefined) ??
    checkDate(request, context) ??
    checkNonce(request, accessKeyId, context) ??
    checkSignature(request, key, declared.split(";"), claimed) ??
    checkSecurityToken(request, key, context);
  return refusal === undefined
    ? { kind: "caller", accessKeyId, accountId: key.accountId ?? accessKeyId }
    : refused(refusal, accessKeyId);
}

function refused(refusal: Refusal, accessKeyId?: string): Authentication {
  return { kind: "refused", refusal, ...(accessKeyId === undefined ? {} : { accessKeyId }) };
}

function checkDate(request: ApiRequest, context: AuthenticationContext): Refusal | undefined {
  const date = header(request, "x-acs-date") ?? "";
  const sentAtMs = DATE.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(sentAtMs)) {
    return refuse("InvalidTimeStamp.Format");
  }
  return Math.abs(sentAtMs - context.nowMs) > CLOCK_WINDOW_MS
    ? refuse("InvalidTimeStamp.Expired")
    : undefined;
}

function checkNonce(
  request: ApiRequest,
  caller: string,
  context: AuthenticationContext,
): Refusal | undefined {
  const nonce = header(request, "x-acs-signature-nonce") ?? "";
  if (nonce === "") {
    return refuse("MissingSignatureNonce");
  }
  return context.nonces.use(caller, nonce, context.nowMs) ? undefined : refuse("SignatureNonceUsed");
}

function checkSignature(
  request: ApiRequest,
  key: EmulatorKey,
  signedHeaders: readonly string[],
  claimed: string,
): Refusal | undefined {
  const required = signedHeaderNames(request.headers).filter((name) => name !== "content-type");
  if (!required.every((name) => signedHeaders.includes(name))) {
    return refuse("IncompleteSignature");
  }
  const payloadSha256 = sha256Hex(request.body);
  const canonical = canonicalRequest({
    method: request.method,
    path: canonicalPath(request.path),
    query: request.query,
    headers: request.headers,
    payloadSha256,
    signedHeaders,
  });
  const expected = signature(stringToSign(canonical), key.accessKeySecret);
  const bodyMatches = header(request, "x-acs-content-sha256") === payloadSha256;
  if (bodyMatches && timingSafeEqual(Buffer.from(expected), Buffer.from(claimed))) {
    return undefined;
  }
  // The echo is the service's own habit: a client must not pass such a message on unread.
  return refuse("SignatureDoesNotMatch", {
    message: `Specified signature does not match our calculation. server StringToSign is [${stringToSign(canonical)}] server CanonicalRequest is [${canonical}]`,
  });
}

// Clients differ in what they encode, so the signed form is derived from what was meant.
function canonicalPath(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeRfc3986(decodeSegment(segment) ?? segment))
    .join("/");
}

function checkSecurityToken(
  request: ApiRequest,
  key: EmulatorKey,
  context: AuthenticationContext,
): Refusal | undefined {
  const token = header(request, "x-acs-security-token") ?? "";
  if (token === "") {
    return key.securityToken === undefined ? undefined : refuse("MissingSecurityToken");
  }
  if (token !== key.securityToken) {
    return context.keys.knowsSecurityToken(token)
      ? refuse("InvalidSecurityToken.MismatchWithAccessKey")
      : refuse("InvalidSecurityToken.Malformed");
  }
  return (key.expiresAtMs ?? Number.POSITIVE_INFINITY) <= context.nowMs
    ? refuse("InvalidSecurityToken.Expired")
    : undefined;
}
