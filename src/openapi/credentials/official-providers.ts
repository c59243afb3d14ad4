import type { Environment } from "./environment.ts";
import type { OfficialCredentialModel } from "./official-credential.ts";
import type { Profile } from "./profile.ts";

/** One way of the official library to find a credential. */
export interface OfficialProvider {
  getCredentials(): Promise<OfficialCredentialModel>;
}

interface ProfileProvider extends OfficialProvider {
  innerProvider?: OfficialProvider;
  getCredentialsProvider?(configuration: object, name: string): OfficialProvider;
}

interface ProviderClass<P extends OfficialProvider = OfficialProvider> {
  builder(): {
    build(): P;
    withProfileName?(name: string): { build(): P };
    withRoleName?(name: string | undefined): { build(): P };
    withCredentialsURI?(uri: string): { build(): P };
  };
}

interface Library {
  readonly OIDCRoleArnCredentialsProvider: ProviderClass;
  readonly CLIProfileCredentialsProvider: ProviderClass<ProfileProvider>;
  readonly ProfileCredentialsProvider: ProviderClass;
  readonly ECSRAMRoleCredentialsProvider: ProviderClass;
  readonly URICredentialsProvider: ProviderClass;
}

/** The official library's provider for a profile of the official command. */
export async function profileProvider({ name, all }: Profile): Promise<OfficialProvider> {
  const provider = named((await loadLibrary()).CLIProfileCredentialsProvider, name);
  // By itself it reads the file again, in which an odd entry stops it, and quotes the file in its errors.
  const inner = provider.getCredentialsProvider?.({ profiles: all }, name);
  if (inner !== undefined) {
    provider.innerProvider = inner;
  }
  return provider;
}

/** The official library's provider for a section of its own INI file. */
export async function sectionProvider(name: string): Promise<OfficialProvider> {
  return named((await loadLibrary()).ProfileCredentialsProvider, name);
}

/** A provider that the environment does not rule out, and what it is called. */
export interface ChainLink {
  readonly origin: string;
  readonly provider: OfficialProvider;
}

/**
 * What the official default chain asks before the current profile, and after it.
 *
 * Put together here, because the library's own chain asks only the last provider again after it has failed
 * once, and asks `https://undefined/` when no credentials URI is set (both true of version 2.4.7).
 */
export async function chainLinks(environment: Environment, part: "before" | "after"): Promise<ChainLink[]> {
  const library = await loadLibrary();
  const uri = environment["ALIBABA_CLOUD_CREDENTIALS_URI"];
  const builds: ReadonlyArray<readonly [string, () => OfficialProvider | undefined]> =
    part === "before"
      ? [
          [
            "the OIDC role that the environment names",
            () => library.OIDCRoleArnCredentialsProvider.builder().build(),
          ],
        ]
      : [
          ["~/.alibabacloud/credentials", () => library.ProfileCredentialsProvider.builder().build()],
          [
            "the RAM role of this ECS instance",
            () => {
              const builder = library.ECSRAMRoleCredentialsProvider.builder();
              return (builder.withRoleName?.(environment["ALIBABA_CLOUD_ECS_METADATA"]) ?? builder).build();
            },
          ],
          [
            "ALIBABA_CLOUD_CREDENTIALS_URI",
            () =>
              uri ? library.URICredentialsProvider.builder().withCredentialsURI?.(uri).build() : undefined,
          ],
        ];
  return builds.flatMap(([origin, build]) => {
    try {
      const provider = build();
      return provider === undefined ? [] : [{ origin, provider }];
    } catch {
      // The library's way to say that the environment doesn't ask for this provider.
      return [];
    }
  });
}

function named<P extends OfficialProvider>(provider: ProviderClass<P>, name: string): P {
  const builder = provider.builder();
  return (builder.withProfileName?.(name) ?? builder).build();
}

// Only when it is needed: it takes 100 ms and 8 MB. It is CommonJS, whose names may come as exports of the module
// or of its default, depending on who loads it.
async function loadLibrary(): Promise<Library> {
  const loaded: unknown = await import("@alicloud/credentials");
  const fallback = (loaded as { default?: unknown }).default;
  return { ...(fallback as Library), ...(loaded as Library) };
}
