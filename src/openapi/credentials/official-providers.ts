import type { Environment } from "./environment.ts";
import type { OfficialCredentialModel } from "./official-credential.ts";
import { profileFromEnvironment } from "./profile.ts";

/** One way of the official library to find a credential. */
export interface OfficialProvider {
  getCredentials(): Promise<OfficialCredentialModel>;
}

interface ProviderClass {
  builder(): {
    build(): OfficialProvider;
    withProfileName?(name: string): { build(): OfficialProvider };
    withRoleName?(name: string | undefined): { build(): OfficialProvider };
    withCredentialsURI?(uri: string): { build(): OfficialProvider };
  };
}

type ProviderName =
  | "OIDCRoleArnCredentialsProvider"
  | "CLIProfileCredentialsProvider"
  | "ProfileCredentialsProvider"
  | "ECSRAMRoleCredentialsProvider"
  | "URICredentialsProvider";

type Library = Readonly<Record<ProviderName, ProviderClass>>;

/** The official library's provider for a profile of the official command. */
export async function profileProvider(name: string): Promise<OfficialProvider> {
  return ofProfile((await loadLibrary()).CLIProfileCredentialsProvider, name);
}

function ofProfile(provider: ProviderClass, name: string | undefined): OfficialProvider {
  const builder = provider.builder();
  return (name === undefined ? builder : (builder.withProfileName?.(name) ?? builder)).build();
}

/**
 * The providers of the official default chain after the environment's keys, in its order, without those that
 * this environment rules out.
 *
 * Put together here, because the library's own chain asks only the last provider again after it has failed
 * once, and asks `https://undefined/` when no credentials URI is set (both true of version 2.4.7).
 */
export async function chainProviders(environment: Environment): Promise<OfficialProvider[]> {
  const library = await loadLibrary();
  const uri = environment["ALIBABA_CLOUD_CREDENTIALS_URI"];
  // By name, as the library itself knows only the first of the three variables.
  const profile = profileFromEnvironment(environment);
  const builds: Array<() => OfficialProvider | undefined> = [
    () => library.OIDCRoleArnCredentialsProvider.builder().build(),
    () => ofProfile(library.CLIProfileCredentialsProvider, profile),
    () => ofProfile(library.ProfileCredentialsProvider, profile),
    () => {
      const builder = library.ECSRAMRoleCredentialsProvider.builder();
      return (builder.withRoleName?.(environment["ALIBABA_CLOUD_ECS_METADATA"]) ?? builder).build();
    },
    () => (uri ? library.URICredentialsProvider.builder().withCredentialsURI?.(uri).build() : undefined),
  ];
  return builds.flatMap((build) => {
    try {
      return build() ?? [];
    } catch {
      // The library's way to say that the environment doesn't ask for this provider.
      return [];
    }
  });
}

// Only when it is needed: it takes 100 ms and 8 MB. It is CommonJS, whose names may come as exports of the module
// or of its default, depending on who loads it.
async function loadLibrary(): Promise<Library> {
  const loaded: unknown = await import("@alicloud/credentials");
  const fallback = (loaded as { default?: unknown }).default;
  return { ...(fallback as Library), ...(loaded as Library) };
}
