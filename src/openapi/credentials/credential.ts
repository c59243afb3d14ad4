import { InvalidOptionError } from "../../task/errors.ts";
import type { OfficialCredentialModel } from "./official-credential.ts";

/** An access key, with its token if it is a temporary one. */
interface AccessKey {
  readonly kind: "accessKey";
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** A token that stands for the caller by itself: nothing is signed. */
interface BearerToken {
  readonly kind: "bearer";
  readonly bearerToken: string;
}

/** What proves who calls. */
export type Credential = AccessKey | BearerToken;

/** What each part is called where it comes from, for errors. */
export interface PartNames {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly bearerToken: string;
}

/**
 * Checks the parts and puts them together.
 *
 * @param parts - Empty strings, null and undefined count as absent.
 * @param names - What to call the parts.
 * @returns `undefined` when there are no parts at all.
 * @throws {@link InvalidOptionError} when some are missing or can't be sent; it never shows a value.
 */
export function toCredential(parts: OfficialCredentialModel, names: PartNames): Credential | undefined {
  const bearerToken = checkPart(parts.bearerToken, names.bearerToken);
  const accessKeyId = checkPart(parts.accessKeyId, names.accessKeyId);
  const accessKeySecret = checkPart(parts.accessKeySecret, names.accessKeySecret);
  const securityToken = checkPart(parts.securityToken, names.securityToken);
  if (bearerToken !== undefined && (parts.type === "bearer" || accessKeyId === undefined)) {
    return { kind: "bearer", bearerToken };
  }
  if (accessKeyId === undefined && accessKeySecret === undefined) {
    return undefined;
  }
  if (accessKeyId === undefined || accessKeySecret === undefined) {
    const [there, missing] =
      accessKeyId === undefined
        ? [names.accessKeySecret, names.accessKeyId]
        : [names.accessKeyId, names.accessKeySecret];
    throw new InvalidOptionError(`${there} must be given together with ${missing}, which is missing`);
  }
  return {
    kind: "accessKey",
    accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined ? {} : { securityToken }),
  };
}

/** What the parts are called as options. */
export const OPTION_NAMES: PartNames = {
  accessKeyId: "accessKeyId",
  accessKeySecret: "accessKeySecret",
  securityToken: "securityToken",
  bearerToken: "bearerToken",
};

/** All parts that must never be shown. */
export function secretsOf(credential: Credential): string[] {
  if (credential.kind === "bearer") {
    return [credential.bearerToken];
  }
  const { accessKeyId, accessKeySecret, securityToken } = credential;
  return [accessKeyId, accessKeySecret, ...(securityToken === undefined ? [] : [securityToken])];
}

function checkPart(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null || value === "") {
    return undefined;
  }
  // A line break from a file or a shell would otherwise end up in a header, or in a signature that never fits.
  if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value)) {
    throw new InvalidOptionError(
      `${name} must be printable ASCII without blanks or line breaks (its value is not shown)`,
    );
  }
  return value;
}
