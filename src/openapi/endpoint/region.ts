import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import { type Environment, firstSet, prefixed } from "../credentials/environment.ts";

/**
 * The regions that BDRC lists endpoints for.
 *
 * Source: API BDRC 2023-08-08, endpoints.
 */
const BDRC_REGIONS = ["cn-shanghai", "ap-southeast-1", "cn-shanghai-finance-1"] as const;

/** Where the service is looked for when nothing names a region. */
export const DEFAULT_REGION = "cn-shanghai";

const REGION = /^[a-z]{2,}(?:-[a-z0-9]+)+$/;
const LISTED: ReadonlySet<string> = new Set(BDRC_REGIONS);
const warned = new Set<string>();

/** A region, and which option or variable named it. */
export interface NamedRegion {
  readonly regionId: string;
  readonly source: string;
}

/**
 * Checks a region before it becomes part of a host name. One that BDRC does not list is worth a warning, once in
 * a process, and no error: the service may open there before this package knows.
 *
 * @param source - What named it, for the error.
 * @throws {@link InvalidOptionError} when it can't be a region at all.
 */
export function checkRegion({ regionId, source }: NamedRegion): string {
  if (!REGION.test(regionId) || regionId.length > 40) {
    throw new InvalidOptionError(
      `${source} must be a region such as "cn-shanghai" or "ap-southeast-1", got ${quoted(regionId)}`,
    );
  }
  if (!LISTED.has(regionId) && !warned.has(regionId)) {
    warned.add(regionId);
    process.emitWarning(
      `${source} is "${regionId}", which BDRC lists no endpoint for (listed: ${BDRC_REGIONS.join(", ")})`,
      { type: "TaskwaitWarning", code: "UNLISTED_REGION" },
    );
  }
  return regionId;
}

/** The region that the environment names, if it does. */
export function regionFromEnvironment(environment: Environment): NamedRegion | undefined {
  const found = firstSet(environment, [...prefixed("REGION_ID"), "REGION_ID", "REGION"]);
  return found && { regionId: found.value, source: found.name };
}
