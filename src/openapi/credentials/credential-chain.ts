import { errorCodeOf } from "../../policy/observe/error-code.ts";
import { AccessDeniedError, isTaskwaitError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import { type Credential, OPTION_NAMES, toCredential } from "./credential.ts";
import {
  type ChainLink,
  chainLinks,
  type OfficialProvider,
  profileProvider,
  sectionProvider,
} from "./official-providers.ts";
import { CONFIGURATION_FILE, isConfigured, type Profile, profilesAreOff, readProfile } from "./profile.ts";
import { failureOf, problemOf } from "./profile-problem.ts";

/** The network failed, rather than anything that was asked for. */
export const PASSING_CODE: RegExp =
  /^(?:EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTDOWN|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|UND_ERR_\w+)$/;

const SET_A_KEY =
  "pass accessKeyId and accessKeySecret (or bearerToken, credential or profile), or set " +
  "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET";
/** What to say when nothing gives any. */
export const NO_CREDENTIALS: string =
  `no credentials: ${SET_A_KEY}; the default chain (OIDC role, ${CONFIGURATION_FILE}, ` +
  "~/.alibabacloud/credentials, ECS role, ALIBABA_CLOUD_CREDENTIALS_URI) gave none either";

/** What gave a credential, to be asked again, and the credential. */
export interface Answered {
  readonly link: ChainLink;
  readonly credential: Credential;
}

/** A profile that was asked for by name: this one or none. */
export async function askNamed(name: string, sectionsToo: boolean): Promise<Answered> {
  if (sectionsToo && !(await readProfile(name).catch(() => undefined))) {
    const link = {
      origin: `section ${quoted(name)} of ~/.alibabacloud/credentials`,
      provider: await sectionProvider(name),
    };
    const credential = await askProvider(link.provider).catch(() => undefined);
    if (credential !== undefined) {
      return { link, credential };
    }
  }
  if (profilesAreOff(process.env)) {
    throw new AccessDeniedError(
      `profile ${quoted(name)} can't be used: ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true`,
    );
  }
  return await askProfile(await readProfile(name));
}

async function askProfile(profile: Profile): Promise<Answered> {
  const refuse = (why: string) =>
    new AccessDeniedError(`profile ${quoted(profile.name)} of ${CONFIGURATION_FILE} can't be used: ${why}`);
  const problem = problemOf(profile, Date.now());
  if (problem !== undefined) {
    throw refuse(problem);
  }
  try {
    const provider = await profileProvider(profile);
    const credential = await askProvider(provider);
    if (credential !== undefined) {
      const origin = `profile ${quoted(profile.name)} of ${CONFIGURATION_FILE}`;
      return { link: { origin, provider }, credential };
    }
  } catch (error) {
    if (isTaskwaitError(error) || errorCodeOf(error, PASSING_CODE) !== undefined) {
      throw error;
    }
    throw refuse(failureOf(profile, error instanceof Error ? error.message : ""));
  }
  throw refuse("it gave no credentials");
}

/** The official default chain: the first that gives a credential. */
export async function askChain(): Promise<Answered> {
  const found = await firstOf(await chainLinks(process.env, "before"));
  if (found !== undefined) {
    return found;
  }
  let profileFailure = "";
  if (!profilesAreOff(process.env) && (await isConfigured())) {
    try {
      return await askProfile(await readProfile());
    } catch (error) {
      profileFailure = isTaskwaitError(error) ? `; ${error.message}` : "";
    }
  }
  const other = await firstOf(await chainLinks(process.env, "after"));
  if (other === undefined) {
    throw new AccessDeniedError(NO_CREDENTIALS + profileFailure);
  }
  return other;
}

async function firstOf(links: readonly ChainLink[]): Promise<Answered | undefined> {
  for (const link of links) {
    const credential = await askProvider(link.provider).catch(() => undefined);
    if (credential !== undefined) {
      return { link, credential };
    }
  }
  return undefined;
}

export async function askProvider(provider: OfficialProvider): Promise<Credential | undefined> {
  return toCredential((await provider.getCredentials()) ?? {}, OPTION_NAMES);
}
