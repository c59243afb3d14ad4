import { promises as fs } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod/mini";
import { AccessDeniedError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { CredentialOptions } from "./credential-options.ts";
import { type Environment, firstSet, prefixed } from "./environment.ts";
import { keyFromEnvironment } from "./environment-keys.ts";

const FILE_IN_MESSAGES = "~/.aliyun/config.json";

const configuration = z.object({
  current: z.optional(z.string()),
  profiles: z.array(z.looseObject({ name: z.string(), region_id: z.optional(z.string()) })),
});

/** A region, and which option, variable or profile named it. */
export interface NamedRegion {
  readonly regionId: string;
  readonly source: string;
}

/** A profile, as far as it is read here: its keys are left to the official library. */
export interface Profile {
  readonly name: string;
  readonly region?: NamedRegion;
}

/**
 * Reads the official command's configuration, `~/.aliyun/config.json`.
 *
 * @param name - The profile's name; the current profile by default.
 * @throws {@link AccessDeniedError} when the file or the profile isn't there, never showing the file's content.
 */
export async function readProfile(name?: string): Promise<Profile> {
  const wanted = name === undefined ? "the current profile" : `profile ${quoted(name)}`;
  const fail = (why: string) => new AccessDeniedError(`${wanted} can't be used: ${FILE_IN_MESSAGES} ${why}`);
  let text: string;
  try {
    text = await fs.readFile(join(homedir(), ".aliyun", "config.json"), "utf8");
  } catch (error) {
    throw fail(`can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
  }
  const parsed = configuration.safeParse(parseJson(text));
  if (!parsed.success) {
    throw fail("is not a configuration of the official command");
  }
  const found = parsed.data.profiles.find((profile) => profile.name === (name ?? parsed.data.current));
  if (found === undefined) {
    throw fail("holds no such profile");
  }
  return {
    name: found.name,
    ...(found.region_id
      ? { region: { regionId: found.region_id, source: `region_id of profile ${quoted(found.name)}` } }
      : {}),
  };
}

/** The profile that the environment asks for: `ALIBABA_CLOUD_PROFILE`, or the same under the older prefixes. */
export function profileFromEnvironment(environment: Environment): string | undefined {
  return firstSet(environment, prefixed("PROFILE"))?.value;
}

/**
 * The region of the profile that the credentials come from, if they come from one: an access key that is given
 * or set has nothing to do with any profile.
 */
export async function regionOfProfile(
  options: CredentialOptions,
  environment: Environment,
): Promise<NamedRegion | undefined> {
  const { profile, accessKeyId, bearerToken, credential } = options;
  const disabled = environment["ALIBABA_CLOUD_CLI_PROFILE_DISABLED"]?.toLowerCase() === "true";
  const elsewhere = accessKeyId ?? bearerToken ?? credential ?? keyFromEnvironment(environment);
  if (profile === undefined && (disabled || elsewhere !== undefined)) {
    return undefined;
  }
  try {
    return (await readProfile(profile ?? profileFromEnvironment(environment))).region;
  } catch {
    // Whoever asks for the credentials hears of it.
    return undefined;
  }
}

// Not JSON.parse's own error: newer versions of Node quote the text in it.
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
