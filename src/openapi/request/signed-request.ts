import type { Credential } from "../credentials/credential.ts";
import type { Operation } from "./operation.ts";
import { authorization, canonicalQuery, encodeRfc3986, sha256Hex } from "./signature.ts";

/** A call, ready to be sent once: every repetition gets a signature of its own. */
export interface SignedRequest {
  readonly method: Operation["method"];
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
  const { method, path } = operation;
  const [contentType, body] = bodyOf(operation);
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
    "x-acs-version": operation.version,
    ...(contentType === undefined ? {} : { "content-type": contentType }),
  };
  let { query } = operation;
  if (credential.kind === "bearer") {
    headers["x-acs-bearer-token"] = credential.bearerToken;
    // As the official core does it: the RPC style takes the type from the query, the other from a header.
    if (operation.style === "rpc") {
      query = [...query, ["SignatureType", "BEARERTOKEN"]];
    } else {
      headers["x-acs-signature-type"] = "BEARERTOKEN";
    }
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

function bodyOf({ form, json }: Operation): [contentType?: string, body?: string] {
  if (form !== undefined) {
    const pairs = form.map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`);
    return ["application/x-www-form-urlencoded", pairs.join("&")];
  }
  return json === undefined ? [] : ["application/json; charset=utf-8", JSON.stringify(json)];
}
