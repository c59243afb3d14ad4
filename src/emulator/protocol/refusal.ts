/** Why the service does not do what it was asked for. */
export interface Refusal {
  readonly httpStatus: number;
  /** The answer's `Code`. */
  readonly code: string;
  /** The answer's `Message`. */
  readonly message: string;
  /** Sent as `x-acs-retry-after`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Further fields of the answer, such as `AccessDeniedDetail`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/**
 * Codes, statuses and messages of the gateway.
 *
 * Source: Alibaba Cloud's public error codes (documents 48054, 51132, 25932 of its help centre), "V3 request
 * structure and signature", and answers that users of its APIs published. The statuses of the security-token
 * codes are not documented: 400 is an assumption. `OperationConflict` is made up: what BDRC says then, if it ever
 * refuses, is not known.
 */
const CATALOG = {
  MissingAccessKeyId: [400, "AccessKeyId is mandatory for this action."],
  "InvalidAccessKeyId.NotFound": [404, "Specified access key is not found."],
  "InvalidAccessKeyId.Inactive": [400, "Specified access key is disabled."],
  IncompleteSignature: [400, "The request signature does not conform to Aliyun standards."],
  SignatureDoesNotMatch: [400, "Specified signature does not match our calculation."],
  "InvalidTimeStamp.Format": [400, "Specified time stamp or date value is not well formatted."],
  "InvalidTimeStamp.Expired": [400, "Specified time stamp or date value is expired."],
  MissingSignatureNonce: [400, "SignatureNonce is mandatory for this action."],
  SignatureNonceUsed: [400, "Specified signature nonce was used already."],
  MissingSecurityToken: [400, "SecurityToken is mandatory for this action."],
  "InvalidSecurityToken.Expired": [400, "Specified SecurityToken is expired."],
  "InvalidSecurityToken.Malformed": [400, "Specified SecurityToken is malformed."],
  "InvalidSecurityToken.MismatchWithAccessKey": [400, "Specified SecurityToken mismatch with the AccessKey."],
  InvalidBearerToken: [400, "Specified bearer token is not valid."],
  NoPermission: [403, "You are not authorized to do this operation."],
  "Forbidden.RAM": [
    403,
    "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
  ],
  "InvalidAction.NotFound": [404, "Specified api is not found, please check your url and method."],
  "InvalidApi.NotFound": [404, "Specified api is not found, please check your url and method."],
  "InvalidProduct.NotFound": [404, "Cannot find product according to your specified domain."],
  InvalidVersion: [400, "Specified parameter Version is not valid."],
  InvalidParameter: [400, "The specified parameter is not valid."],
  RequestBodyTooLarge: [413, "The request body is too large."],
  "InvalidTask.NotFound": [400, "The specified task does not exist."],
  OperationConflict: [409, "The same task is running already."],
  "Throttling.User": [400, "Request was denied due to user flow control."],
  "Throttling.Api": [400, "Request was denied due to api flow control."],
  "Throttling.Api.Concurrency": [400, "Request was denied due to api concurrency flow control."],
  Throttling: [400, "Request was denied due to request throttling."],
  ServiceUnavailable: [503, "The server is temporarily unavailable."],
  BadGateway: [502, "The upstream server sent no valid answer."],
  InternalError: [500, "The request processing has failed due to some unknown error, exception or failure."],
} as const;

/** A code whose status and message are known. */
export type CatalogCode = keyof typeof CATALOG;

/** The refusal of that code, with parts of it replaced. */
export function refuse(code: CatalogCode, replaced: Partial<Refusal> = {}): Refusal {
  const [httpStatus, message] = CATALOG[code];
  return { httpStatus, code, message, ...replaced };
}

/** A refusal of a code that need not be known; what is not given comes from the catalogue, else 400. */
export function refuseWith(code: string, httpStatus?: number, message?: string): Refusal {
  const known = Object.hasOwn(CATALOG, code) ? CATALOG[code as CatalogCode] : undefined;
  return {
    code,
    httpStatus: httpStatus ?? known?.[0] ?? 400,
    message: message ?? known?.[1] ?? `The request was refused: ${code}.`,
  };
}
