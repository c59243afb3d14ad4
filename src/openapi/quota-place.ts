import type { CallerOptions } from "./caller-options.ts";
import { accountKey } from "./credentials/account-key.ts";
import type { Environment } from "./credentials/environment.ts";
import { asksProfile } from "./credentials/profile.ts";
import { namedEndpoint } from "./endpoint/endpoint.ts";
import { bareRegion, namedRegion } from "./endpoint/region.ts";

/** Where calls count, as far as that can be told at once. Nothing in it is secret. */
export interface QuotaPlace {
  readonly account: string;
  /** The endpoint that takes the place of the region's. */
  readonly origin: string | undefined;
  /** Undefined when a profile may name it, or nothing does. */
  readonly regionId: string | undefined;
}

/**
 * Where the calls of a caller count.
 *
 * @param options - Checked by `checkCallerOptions`.
 * @param environment - What names endpoint and region.
 */
export function quotaPlace(options: CallerOptions, environment: Environment): QuotaPlace {
  const region =
    namedRegion(options, environment) ??
    (asksProfile(options, process.env) ? undefined : bareRegion(environment));
  return {
    account: accountKey(options, process.env),
    origin: namedEndpoint(options, environment)?.origin,
    regionId: region?.regionId,
  };
}
