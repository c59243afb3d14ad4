import { promises as fs } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { AccessDeniedError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { CredentialOptions } from "./credential-options.ts";
import { type Environment, firstSet, prefixed } from "./environment.ts";
import { keyNamesIn } from "./environment-keys.ts";

/** The official command's configuration, as errors call it. */
export const CONFIGURATION_FILE = "~/.aliyun/config.json";

/** A region, and which option, variable or profile named it. */
export interface NamedRegion {
  readonly regionId: string;
  readonly source: string;
}

/** The fields of a profile, as they are in the file: any may be missing or odd. */
export type ProfileFields = Readonly<Record<string, unknown>> & { readonly name: string };

/** A profile, and those beside it, which it may build on. */
export interface Profile {
  readonly name: string;
  readonly region?: NamedRegion;
  readonly fields: ProfileFields;
  readonly all: readonly ProfileFields[];
}

/**
 * Reads a profile of the official command's configuration. What is odd in other profiles does no harm.
 *
 * @param name - The profile's name; the current profile by default.
 * @throws {@link AccessDeniedError} when the file or the profile isn't there, never showing the file's content.
 */
export async function readProfile(name?: string): Promise<Profile> {
  const wanted = name === undefined ? "the current profile" : `profile ${quoted(name)}`;
  const fail = (why: string) =>
    new AccessDeniedError(`${wanted} can't be used: ${CONFIGURATION_FILE} ${why}`);
  let text: string;
  try {
    text = await fs.readFile(configurationPath(), "utf8");
  } catch (error) {
    throw fail(`can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
  }
  const { profiles, current } = parseObject(text) ?? {};
  if (!Array.isArray(profiles)) {
    throw fail("is not a configuration of the official command");
  }
  const all = profiles.filter(
    (profile): profile is ProfileFields => typeof profile === "object" && typeof profile?.name === "string",
  );
  const fields = all.find((profile) => profile.name === (name ?? current));
  if (fields === undefined) {
    throw fail(name === undefined ? noCurrent(current) : "holds no such profile");
  }
  const regionId = fields["region_id"];
  return {
    name: fields.name,
    ...(typeof regionId === "string" && regionId !== ""
      ? { region: { regionId, source: `region_id of profile ${quoted(fields.name)}` } }
      : {}),
    fields,
    all,
  };
}

/** Whether there is a configuration, of use or not. */
export async function isConfigured(): Promise<boolean> {
  return await fs.access(configurationPath()).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== "ENOENT",
  );
}

/** The profile that the environment asks for: `ALIBABA_CLOUD_PROFILE`, or the same under the older prefixes. */
export function profileFromEnvironment(environment: Environment): string | undefined {
  return firstSet(environment, prefixed("PROFILE"))?.value;
}

/** Whether `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` leaves {@link CONFIGURATION_FILE} out. */
export function profilesAreOff(environment: Environment): boolean {
  return environment["ALIBABA_CLOUD_CLI_PROFILE_DISABLED"]?.toLowerCase() === "true";
}

/** Whether a profile, or the default chain, gives credentials and region. */
export function asksProfile(
  { profile, accessKeyId, bearerToken, credential }: CredentialOptions,
  environment: Environment,
): boolean {
  return (
    (accessKeyId ?? bearerToken ?? credential) === undefined &&
    ((profile ?? profileFromEnvironment(environment)) !== undefined || keyNamesIn(environment) === undefined)
  );
}

/**
 * The region of the profile that the credentials come from, if they come from one: an access key that is given
 * or set has nothing to do with any profile.
 */
export async function regionOfProfile(
  options: CredentialOptions,
  environment: Environment,
): Promise<NamedRegion | undefined> {
  if (!asksProfile(options, environment) || profilesAreOff(environment)) {
    return undefined;
  }
  try {
    return (await readProfile(options.profile ?? profileFromEnvironment(environment))).region;
  } catch {
    // The call that asks for the credentials tells it.
    return undefined;
  }
}

function configurationPath(): string {
  return join(homedir(), ".aliyun", "config.json");
}

function noCurrent(current: unknown): string {
  return typeof current === "string" && current !== ""
    ? `names ${quoted(current)}, which it does not hold`
    : "names none";
}

// Not JSON.parse's own error: newer versions of Node quote the text in it.
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // Editors of Windows put a byte order mark before it.
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
