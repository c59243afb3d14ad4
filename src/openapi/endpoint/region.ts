import { invalidOption } from "../../options/check-options.ts";
import type { CredentialOptions } from "../credentials/credential-options.ts";
import { type Environment, firstSet, prefixed } from "../credentials/environment.ts";
import { type NamedRegion, regionOfProfile } from "../credentials/profile.ts";

const REGION = /^[a-z]{2,}(?:-[a-z0-9]+)+$/;
const MAX_REGION_LENGTH = 40;

/** Where the service is. */
export interface RegionOptions {
  /**
   * The region, such as `ap-southeast-1`.
   *
   * @defaultValue `ALIBABA_CLOUD_REGION_ID`, else the region of the profile that gives the credentials, else a bare
   * `REGION_ID` or `REGION`, else the service's own default
   */
  readonly regionId?: string;
}

/**
 * Checks a region before it becomes part of a host name.
 *
 * @throws {@link InvalidOptionError} when it can't be a region at all.
 */
function checkRegion(region: NamedRegion): NamedRegion {
  if (!isRegion(region.regionId)) {
    throw invalidOption(
      region.source,
      'must be a region such as "cn-shanghai" or "ap-southeast-1"',
      region.regionId,
    );
  }
  return region;
}

/**
 * Makes what gives the region: by option or this program's own variables, by the profile that gives the credentials, or
 * by a variable without a prefix, which may be meant for another program, and counts only if it looks like a region.
 *
 * @returns Gives undefined when nothing names a region.
 * @throws {@link InvalidOptionError} at once for an option or variable that can't be used.
 */
export function chooseRegion(
  options: RegionOptions & CredentialOptions,
  environment: Environment,
): () => Promise<NamedRegion | undefined> {
  const own = namedRegion(options, environment);
  let region = own && Promise.resolve<NamedRegion | undefined>(own);
  return () => {
    region ??= regionOfProfile(options, environment).then((found) =>
      found !== undefined && isRegion(found.regionId) ? found : bareRegion(environment),
    );
    return region;
  };
}

/** The region that option or this program's own variables name. @throws {@link InvalidOptionError} when it is none. */
export function namedRegion(options: RegionOptions, environment: Environment): NamedRegion | undefined {
  const own =
    options.regionId === undefined
      ? fromVariables(environment, prefixed("REGION_ID"))
      : { regionId: options.regionId, source: "regionId" };
  return own && checkRegion(own);
}

/** The region of a variable that may be meant for another program. */
export function bareRegion(environment: Environment): NamedRegion | undefined {
  return ["REGION_ID", "REGION"]
    .map((name) => fromVariables(environment, [name]))
    .find((region) => region !== undefined && isRegion(region.regionId));
}

function fromVariables(environment: Environment, names: readonly string[]): NamedRegion | undefined {
  const found = firstSet(environment, names);
  return found && { regionId: found.value, source: found.name };
}

function isRegion(text: string): boolean {
  return text.length <= MAX_REGION_LENGTH && REGION.test(text);
}
