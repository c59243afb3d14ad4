import { errorCodeOf } from "../../policy/observe/error-code.ts";
import { AccessDeniedError, isTaskwaitError, UnreachableError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import { type Credential, OPTION_NAMES, toCredential } from "./credential.ts";
import { askChain, askNamed, askProvider, NO_CREDENTIALS, PASSING_CODE } from "./credential-chain.ts";
import type { CredentialOptions } from "./credential-options.ts";
import { keyFromEnvironment, keyNamesIn } from "./environment-keys.ts";
import type { OfficialCredential } from "./official-credential.ts";
import type { ChainLink } from "./official-providers.ts";
import { profileFromEnvironment } from "./profile.ts";

/** A credential, and where it comes from. */
interface Found {
  readonly credential: Credential;
  /** Such as `ALIBABA_CLOUD_ACCESS_KEY_ID`; nothing secret. */
  readonly origin: string;
}

/** Where a call's credential comes from. */
export interface CredentialSource {
  /** Asked before every call, so that an expiring token never ends a long wait. */
  get(): Promise<Credential>;
  /** Where the last credential came from, such as `ALIBABA_CLOUD_ACCESS_KEY_ID`. */
  readonly origin: string;
  /** Drops what is remembered: the service refused it, or it never came. */
  forget(): void;
}

/**
 * Where the options, else the environment, else the official default chain say that credentials come from.
 *
 * @throws {@link InvalidOptionError} when explicit credentials can't be sent.
 */
export function chooseCredentials(options: CredentialOptions): CredentialSource {
  const explicit = toCredential(options, OPTION_NAMES);
  if (explicit !== undefined) {
    return { get: () => Promise.resolve(explicit), origin: "the options", forget: () => undefined };
  }
  if (options.credential !== undefined) {
    return new SharedCredentials(fromObject(options.credential));
  }
  return new SharedCredentials(fromProfileOrDefaults(options.profile));
}

interface Asked {
  ask(): Promise<Found>;
  forget?(): void;
  /** What to say when asking fails. The failure's own text may hold secrets and is never passed on. */
  readonly failure: string;
}

/** Calls that ask at the same time share one asking. */
class SharedCredentials implements CredentialSource {
  readonly #source: Asked;
  #pending: Promise<Credential> | undefined;
  #worked = false;
  origin = "";

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
      const { credential, origin } = await this.#source.ask();
      this.#worked = true;
      this.origin = origin;
      return credential;
    } catch (error) {
      const code = errorCodeOf(error, /^[A-Z][A-Z0-9_]+$/);
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
  const origin = "credential.getCredential()";
  return {
    failure: `${origin} failed`,
    async ask() {
      const credential = toCredential((await object.getCredential()) ?? {}, {
        accessKeyId: `accessKeyId of ${origin}`,
        accessKeySecret: `accessKeySecret of ${origin}`,
        securityToken: `securityToken of ${origin}`,
        bearerToken: `bearerToken of ${origin}`,
      });
      if (credential === undefined) {
        throw new AccessDeniedError(`${origin} gave neither an access key nor a bearer token`);
      }
      return { credential, origin };
    },
  };
}

/** @param option - A profile; without it, what the environment says, which may change from call to call. */
function fromProfileOrDefaults(option: string | undefined): Asked {
  // The provider that worked is kept for its session, under the profile that was asked for.
  let working: (ChainLink & { readonly wanted: string | undefined }) | undefined;
  return {
    failure: option === undefined ? NO_CREDENTIALS : `profile ${quoted(option)} gave no credentials`,
    async ask() {
      const wanted = option ?? profileFromEnvironment(process.env);
      const names = wanted === undefined ? keyNamesIn(process.env) : undefined;
      const key = names && keyFromEnvironment(process.env);
      if (names !== undefined && key !== undefined) {
        const token = process.env[names.securityToken] ? ` with ${names.securityToken}` : "";
        return { credential: key, origin: `${names.accessKeyId}${token}` };
      }
      if (working !== undefined && working.wanted === wanted) {
        const credential = await askProvider(working.provider).catch(() => undefined);
        if (credential !== undefined) {
          return { credential, origin: working.origin };
        }
      }
      working = undefined;
      const { link, credential } =
        wanted === undefined ? await askChain() : await askNamed(wanted, option === undefined);
      working = { ...link, wanted };
      return { credential, origin: link.origin };
    },
    forget() {
      working = undefined;
    },
  };
}
