import type { NamedRegion } from "../openapi/credentials/profile.ts";

/**
 * The regions that BDRC lists endpoints for.
 *
 * Source: API BDRC 2023-08-08, endpoints.
 */
const LISTED: ReadonlySet<string> = new Set(["cn-shanghai", "ap-southeast-1", "cn-shanghai-finance-1"]);

/** Where the service is when nothing names a region. */
export const DEFAULT_REGION = "cn-shanghai";

const warned = new Set<string>();

/**
 * The host of a region, or its host within a VPC. A region that BDRC does not list causes a warning, once in a process,
 * and no error: the service may open there before this package knows.
 */
export function hostOf(region: NamedRegion | undefined, vpc: boolean): string {
  const regionId = region?.regionId ?? DEFAULT_REGION;
  if (region !== undefined && !LISTED.has(regionId) && !warned.has(regionId)) {
    warned.add(regionId);
    process.emitWarning(
      `${region.source} is "${regionId}", which BDRC lists no endpoint for (listed: ${[...LISTED].join(", ")})`,
      { type: "TaskwaitWarning", code: "UNLISTED_REGION" },
    );
  }
  return `${vpc ? "bdrc-vpc" : "bdrc"}.${regionId}.aliyuncs.com`;
}
