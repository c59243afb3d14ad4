import { errorCodeOf } from "../../policy/observe/error-code.ts";
import {
  AccessDeniedError,
  isInvalidOptionError,
  isTaskwaitError,
  UnreachableError,
} from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";

import { type Credential, toCredential } from "./credential.ts";
import type { CredentialOptions } from "./credential-options.ts";
import { keyFromEnvironment } from "./environment-keys.ts";
import type { OfficialCredential } from "./official-credential.ts";
import { chainProviders, type OfficialProvider, profileProvider } from "./official-providers.ts";
import { readProfile } from "./profile.ts";

/** Where a call's credential comes from. */
export interface CredentialSource {
  /** Asked before every call, so that an expiring token never ends a long wait. */
  get(): Promise<Credential>;
  /** Drops what is remembered: the service refused it, or it never came. */
  forget(): void;
}

const ANY_CODE = /^[A-Z][A-Z0-9_]+$/;
// The network failed, rather than anything that was asked for.
const PASSING_CODE =
  /^(?:EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTDOWN|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|UND_ERR_\w+)$/;

const OPTION_NAMES = {
  accessKeyId: "accessKeyId",
  accessKeySecret: "accessKeySecret",
  securityToken: "securityToken",
  bearerToken: "bearerToken",
};

const NO_CREDENTIALS =
  "no credentials: pass accessKeyId and accessKeySecret (or bearerToken, credential or profile), or set " +
  "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET; the default chain (OIDC role, " +
  "~/.aliyun/config.json, ~/.alibabacloud/credentials, ECS role, ALIBABA_CLOUD_CREDENTIALS_URI) gave none either";

/**
 * Where the options, else the environment, else the official default chain say that credentials come from.
 *
 * @throws {@link InvalidOptionError} when explicit credentials can't be sent.
 */
export function chooseCredentials(options: CredentialOptions): CredentialSource {
  const explicit = toCredential(options, OPTION_NAMES);
  if (explicit !== undefined) {
    return { get: () => Promise.resolve(explicit), forget: () => undefined };
  }
  if (options.credential !== undefined) {
    return new SharedCredentials(fromObject(options.credential));
  }
  return new SharedCredentials(options.profile === undefined ? fromDefaults() : fromProfile(options.profile));
}

interface Asked {
  ask(): Promise<Credential>;
  forget?(): void;
  /** What to say when asking fails. The failure's own text may hold secrets and is never passed on. */
  readonly failure: string;
}

/** Calls that ask at the same time share one asking. */
class SharedCredentials implements CredentialSource {
  readonly #source: Asked;
  #pending: Promise<Credential> | undefined;
  #worked = false;

  constructor(source: Asked) {
    this.#source = source;
  }

  get(): Promise<Credential> {
    if (this.#pending === undefined) {
      const pending = this.#ask().finally(() => {
        if (this.#pending === pending) {
          this.#pending = undefined;
        }
      });
      this.#pending = pending;
    }
    return this.#pending;
  }

  forget(): void {
    this.#pending = undefined;
    this.#source.forget?.();
  }

  async #ask(): Promise<Credential> {
    try {
      const credential = await this.#source.ask();
      this.#worked = true;
      return credential;
    } catch (error) {
      if (isInvalidOptionError(error)) {
        throw error;
      }
      const code = errorCodeOf(error, ANY_CODE);
      const text = isTaskwaitError(error)
        ? error.message
        : `${this.#source.failure}${code === undefined ? "" : ` (${code})`}`;
      // What has worked before, or failed on the network, may well work again: that must not end a wait.
      throw this.#worked || PASSING_CODE.test(code ?? "")
        ? new UnreachableError(text)
        : new AccessDeniedError(text);
    }
  }
}

function fromObject(object: OfficialCredential): Asked {
  return {
    failure: "credential.getCredential() failed",
    async ask() {
      const model = await object.getCredential();
      const credential = toCredential(model ?? {}, {
        accessKeyId: "accessKeyId of credential.getCredential()",
        accessKeySecret: "accessKeySecret of credential.getCredential()",
        securityToken: "securityToken of credential.getCredential()",
        bearerToken: "bearerToken of credential.getCredential()",
      });
      if (credential === undefined) {
        throw new AccessDeniedError(
          "credential.getCredential() gave neither an access key nor a bearer token",
        );
      }
      return credential;
    },
  };
}

function fromProfile(name: string): Asked {
  let provider: OfficialProvider | undefined;
  return {
    failure: `profile ${quoted(name)} of ~/.aliyun/config.json gave no credentials`,
    async ask() {
      if (provider === undefined) {
        // Only for its errors, which are plainer than the library's and never quote the file.
        await readProfile(name);
        provider = await profileProvider(name);
      }
      const credential = await askProvider(provider);
      if (credential === undefined) {
        throw new AccessDeniedError(this.failure);
      }
      return credential;
    },
    forget() {
      provider = undefined;
    },
  };
}

function fromDefaults(): Asked {
  // The one that worked is kept for its session; the rest is put together anew, as the environment may change.
  let working: OfficialProvider | undefined;
  return {
    failure: NO_CREDENTIALS,
    async ask() {
      const fromEnvironment = keyFromEnvironment(process.env);
      if (fromEnvironment !== undefined) {
        return fromEnvironment;
      }
      if (working !== undefined) {
        try {
          const credential = await askProvider(working);
          if (credential !== undefined) {
            return credential;
          }
        } catch {
          working = undefined;
        }
      }
      for (const provider of await chainProviders(process.env)) {
        const credential = await askProvider(provider).catch(() => undefined);
        if (credential !== undefined) {
          working = provider;
          return credential;
        }
      }
      throw new AccessDeniedError(NO_CREDENTIALS);
    },
    forget() {
      working = undefined;
    },
  };
}

async function askProvider(provider: OfficialProvider): Promise<Credential | undefined> {
  return toCredential((await provider.getCredentials()) ?? {}, OPTION_NAMES);
}
