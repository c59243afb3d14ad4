/** What the official `getCredential()` gives, as far as it is used here. */
export interface OfficialCredentialModel {
  /** Such as `access_key`, `sts` or `bearer`. */
  readonly type?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly accessKeySecret?: string | undefined;
  readonly securityToken?: string | undefined;
  readonly bearerToken?: string | undefined;
}

/** The official credential object, or anything shaped like it. */
export interface OfficialCredential {
  /** Asked before every call, so that what it gives may change. */
  getCredential(): Promise<OfficialCredentialModel>;
}
