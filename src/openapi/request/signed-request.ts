import { API_VERSION, type Operation } from "../../bdrc/operations.ts";
import type { Credential } from "../credentials/credential.ts";
import { authorization, canonicalQuery, encodeRfc3986, sha256Hex } from "./signature.ts";

/** A call, ready to be sent once: every repetition is signed anew. */
export interface SignedRequest {
  readonly method: "GET" | "POST";
  /** The path with its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What makes each request different. */
export interface Moment {
  /** The `host` header. */
  readonly host: string;
  /** The service's time as far as it is known, in Unix milliseconds. */
  readonly dateMs: number;
  /** Never used before. */
  readonly nonce: string;
}

/** Puts together and signs one request. */
export function signRequest(operation: Operation, credential: Credential, moment: Moment): SignedRequest {
  const { method, path, query, form } = operation;
  const body = form?.map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`).join("&");
  const payloadSha256 = sha256Hex(body ?? "");
  const headers: Record<string, string> = {
    host: moment.host,
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": "taskwait",
    "x-acs-action": operation.action,
    "x-acs-content-sha256": payloadSha256,
    "x-acs-date": `${new Date(moment.dateMs).toISOString().slice(0, 19)}Z`,
    "x-acs-signature-nonce": moment.nonce,
    "x-acs-version": API_VERSION,
    ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
  };
  if (credential.kind === "bearer") {
    headers["x-acs-bearer-token"] = credential.bearerToken;
    headers["x-acs-signature-type"] = "BEARERTOKEN";
  } else {
    if (credential.securityToken !== undefined) {
      headers["x-acs-accesskey-id"] = credential.accessKeyId;
      headers["x-acs-security-token"] = credential.securityToken;
    }
    const signable = { method, path, query, headers, payloadSha256 };
    headers["authorization"] = authorization(signable, credential.accessKeyId, credential.accessKeySecret);
  }
  const queryText = canonicalQuery(query);
  return {
    method,
    target: queryText === "" ? path : `${path}?${queryText}`,
    headers,
    ...(body === undefined ? {} : { body }),
  };
}
