import { createHash, createHmac } from "node:crypto";

/**
 * The signature that the API asks for, ACS3-HMAC-SHA256, as pure functions: the client signs with them and the
 * emulator verifies with them.
 *
 * Source: Alibaba Cloud, "V3 request structure and signature".
 */
const ALGORITHM = "ACS3-HMAC-SHA256";

const UNRESERVED = /^[\w.~-]*$/;

/** Everything of a request that the signature covers. */
export interface SignableRequest {
  /** Such as `GET`. */
  readonly method: string;
  /** The canonical URI: the path, already encoded. */
  readonly path: string;
  /** The query's names and values, decoded. */
  readonly query: Iterable<readonly [string, string]>;
  /** All headers of the request under lower-case names, `host` included. */
  readonly headers: Readonly<Record<string, string>>;
  /** {@link sha256Hex} of the body's bytes. */
  readonly payloadSha256: string;
  /** The names to sign; {@link signedHeaderNames} of the headers by default. A verifier gives the declared ones. */
  readonly signedHeaders?: readonly string[];
}

/**
 * Percent-encodes all but the unreserved characters of RFC 3986, letters, digits and `-_.~`. Half a surrogate
 * pair, which has no encoding, counts as U+FFFD.
 */
export function encodeRfc3986(text: string): string {
  if (UNRESERVED.test(text)) {
    return text;
  }
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\uFFFD")).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The query as it is signed: sorted by name (then by value, which the source leaves open), encoded.
 *
 * @param pairs - Decoded names and values.
 */
export function canonicalQuery(pairs: Iterable<readonly [string, string]>): string {
  return [...pairs]
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .join("&");
}

/**
 * Which headers have to be signed: `host`, `content-type` and all of `x-acs-*`, sorted.
 *
 * @param headers - Headers under lower-case names.
 */
export function signedHeaderNames(headers: Readonly<Record<string, string>>): string[] {
  return Object.keys(headers)
    .filter((name) => name === "host" || name === "content-type" || name.startsWith("x-acs-"))
    .sort(compare);
}

/** The text whose hash is signed. A header that is named but not there counts as empty. */
export function canonicalRequest(request: SignableRequest): string {
  return canonicalText(request, request.signedHeaders ?? signedHeaderNames(request.headers));
}

function canonicalText(request: SignableRequest, names: readonly string[]): string {
  // A verifier takes the names from the other side, so hasOwn.
  const value = (name: string) => (Object.hasOwn(request.headers, name) ? request.headers[name] : "") ?? "";
  const headerLines = names.map((name) => `${name}:${value(name).trim()}\n`);
  return [
    request.method,
    request.path,
    canonicalQuery(request.query),
    headerLines.join(""),
    names.join(";"),
    request.payloadSha256,
  ].join("\n");
}

/** What is signed: the algorithm's name and the hash of the {@link canonicalRequest}. */
export function stringToSign(canonicalRequestText: string): string {
  return `${ALGORITHM}\n${sha256Hex(canonicalRequestText)}`;
}

/** The signature, in lower-case hexadecimal. */
export function signature(stringToSignText: string, accessKeySecret: string): string {
  return createHmac("sha256", accessKeySecret).update(stringToSignText, "utf8").digest("hex");
}

/** The value of the request's `authorization` header. */
export function authorization(
  request: SignableRequest,
  accessKeyId: string,
  accessKeySecret: string,
): string {
  const signedHeaders = request.signedHeaders ?? signedHeaderNames(request.headers);
  const canonical = canonicalText(request, signedHeaders);
  const signed = signature(stringToSign(canonical), accessKeySecret);
  return `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${signedHeaders.join(";")},Signature=${signed}`;
}

/** SHA-256 in lower-case hexadecimal; of a string, that of its UTF-8 bytes. */
export function sha256Hex(body: string | Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

// By code unit, never by locale: the service must arrive at the same order.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
