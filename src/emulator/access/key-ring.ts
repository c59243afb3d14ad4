import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { checkOption, strictOptions } from "../../options/check-options.ts";

/** A key pair that the emulator knows. */
export interface EmulatorKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Makes it a temporary key (STS), which is only good together with this token. */
  readonly securityToken?: string;
  /** When the token expires, in Unix milliseconds; default never. */
  readonly expiresAtMs?: number;
  /** Refused as `InvalidAccessKeyId.Inactive`. */
  readonly disabled?: boolean;
  /** Keys of one account share its quota; default: an account of its own. */
  readonly accountId?: string;
}

/** A bearer token that the emulator knows. */
export interface EmulatorBearer {
  readonly bearerToken: string;
  /** Unix milliseconds; default never. */
  readonly expiresAtMs?: number;
  readonly accountId?: string;
}

const secretText = z.string().check(z.minLength(1), z.maxLength(8192));
const keyId = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,128}$/));

/**
 * Reads an {@link EmulatorKey}.
 *
 * @internal
 */
export const emulatorKey: z.ZodMiniType<EmulatorKey> = strictOptions({
  accessKeyId: keyId,
  accessKeySecret: secretText,
  securityToken: z.exactOptional(secretText),
  expiresAtMs: z.exactOptional(z.number()),
  disabled: z.exactOptional(z.boolean()),
  accountId: z.exactOptional(z.string()),
});

/**
 * Reads an {@link EmulatorBearer}.
 *
 * @internal
 */
export const emulatorBearer: z.ZodMiniType<EmulatorBearer> = strictOptions({
  bearerToken: secretText,
  expiresAtMs: z.exactOptional(z.number()),
  accountId: z.exactOptional(z.string()),
});

/** The keys and tokens that open the emulator. Changes hold from the next request on. */
export class KeyRing {
  readonly #keys = new Map<string, EmulatorKey>();
  readonly #bearers = new Map<string, EmulatorBearer>();

  constructor(keys: readonly EmulatorKey[], bearers: readonly EmulatorBearer[]) {
    for (const key of keys) {
      this.#keys.set(key.accessKeyId, key);
    }
    for (const bearer of bearers) {
      this.#bearers.set(bearer.bearerToken, bearer);
    }
  }

  /** The key of that id. */
  key(accessKeyId: string): EmulatorKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  /** The bearer token, if it is known. */
  bearer(bearerToken: string): EmulatorBearer | undefined {
    return this.#bearers.get(bearerToken);
  }

  /** Whether any key has this security token. */
  knowsSecurityToken(securityToken: string): boolean {
    return [...this.#keys.values()].some((key) => key.securityToken === securityToken);
  }

  /** Adds a key, or replaces the one of the same id: to disable it, or to renew its token. */
  put(key: EmulatorKey): void {
    const checked = checkOption(emulatorKey, key, "keys.put()");
    this.#keys.set(checked.accessKeyId, checked);
  }

  /** Takes a key away. */
  remove(accessKeyId: string): boolean {
    return this.#keys.delete(accessKeyId);
  }
}

/** A key pair that nobody can know, recognisable as the emulator's. */
export function randomKey(): EmulatorKey {
  return {
    accessKeyId: `EMULATOR${randomBytes(8).toString("hex").toUpperCase()}`,
    accessKeySecret: randomBytes(24).toString("base64url"),
  };
}

/** A bearer token that nobody can know, recognisable as the emulator's. */
export function randomBearer(): EmulatorBearer {
  return { bearerToken: `sk-emulator-${randomBytes(18).toString("base64url")}` };
}
