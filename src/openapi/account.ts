import type { CallerOptions } from "./caller-options.ts";
import { chooseCredentials } from "./credentials/credential-source.ts";
import { firstSet, prefixed } from "./credentials/environment.ts";
import { namedEndpoint, parseEndpoint, wantsVpc } from "./endpoint/endpoint.ts";
import { chooseRegion } from "./endpoint/region.ts";
import type { HostOfRegion } from "./request/operation.ts";

/** Whose account a client uses, and where. Nothing in it is secret. */
export interface AccountDescription {
  /** Where the credentials come from, such as `ALIBABA_CLOUD_ACCESS_KEY_ID`. */
  readonly credentialSource: string;
  /** Absent when an endpoint is named and no region: then it is of no importance. */
  readonly regionId?: string;
  /** What named the region. */
  readonly regionSource?: string;
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** What named the endpoint. */
  readonly endpointSource: string;
}

/**
 * Says which credentials and which endpoint a {@link Caller} with these options uses, after having asked for the
 * credentials. Makes no call of the API, so they may still be refused.
 *
 * @param hostOf - The service's host in a region.
 * @param defaultRegion - The service's region when nothing names one.
 * @throws `InvalidOptionError` for options that can't be used, `AccessDeniedError` when there are no credentials.
 */
export async function describeCaller(
  options: CallerOptions,
  hostOf: HostOfRegion,
  defaultRegion: string,
): Promise<AccountDescription> {
  const { env } = process;
  const named = namedEndpoint(options, env);
  const findRegion = chooseRegion(options, env);
  const credentials = chooseCredentials(options);
  await credentials.get();
  const region = await findRegion();
  const endpointVariable = firstSet(env, prefixed("ENDPOINT"))?.name;
  const endpointSource = options.endpoint === undefined ? (endpointVariable ?? "the region") : "endpoint";
  const host = () => parseEndpoint(hostOf(region, wantsVpc(options, env)), "the region's host", false);
  return {
    credentialSource: credentials.origin,
    ...(region === undefined && named !== undefined
      ? {}
      : { regionId: region?.regionId ?? defaultRegion, regionSource: region?.source ?? "the default" }),
    endpoint: (named ?? host()).origin,
    endpointSource,
  };
}
