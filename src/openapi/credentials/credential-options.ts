import type { OfficialCredential } from "./official-credential.ts";

/** Who calls. At most one of `accessKeyId`, `bearerToken`, `credential` and `profile`. */
export interface CredentialOptions {
  /** Together with {@link CredentialOptions.accessKeySecret}. */
  readonly accessKeyId?: string;
  /** Together with {@link CredentialOptions.accessKeyId}. */
  readonly accessKeySecret?: string;
  /** The STS token that belongs to the access key. */
  readonly securityToken?: string;
  /** Instead of an access key. */
  readonly bearerToken?: string;
  /** Any object with the official `getCredential()`, asked before every call. */
  readonly credential?: OfficialCredential;
  /** A profile of `~/.aliyun/config.json`, for the credentials and, if nothing else names one, the region. */
  readonly profile?: string;
}
