import { AccessDeniedError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import type { CallerOptions } from "./caller-options.ts";
import { chooseCredentials } from "./credentials/credential-source.ts";
import { type Environment, firstSet, prefixed } from "./credentials/environment.ts";
import { keyNamesIn } from "./credentials/environment-keys.ts";
import { chainProviders } from "./credentials/official-providers.ts";
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

// The official library's classes, in the order in which they are asked.
const CHAIN_WORDS: Readonly<Record<string, string>> = {
  OIDCRoleArnCredentialsProvider: "the OIDC role that the environment names",
  CLIProfileCredentialsProvider: "a profile of ~/.aliyun/config.json",
  ProfileCredentialsProvider: "~/.alibabacloud/credentials",
  ECSRAMRoleCredentialsProvider: "the RAM role of this ECS instance",
  URICredentialsProvider: "ALIBABA_CLOUD_CREDENTIALS_URI",
};

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
  const credentialSource = await findCredentials(options, env);
  const region = await findRegion();
  const endpointVariable = firstSet(env, prefixed("ENDPOINT"))?.name;
  const endpointSource = options.endpoint === undefined ? (endpointVariable ?? "the region") : "endpoint";
  const host = () => parseEndpoint(hostOf(region, wantsVpc(options, env)), "the region's host", false);
  return {
    credentialSource,
    ...(region === undefined && named !== undefined
      ? {}
      : { regionId: region?.regionId ?? defaultRegion, regionSource: region?.source ?? "the default" }),
    endpoint: (named ?? host()).origin,
    endpointSource,
  };
}

async function findCredentials(options: CallerOptions, env: Environment): Promise<string> {
  const source = namedSource(options, env);
  if (source !== undefined) {
    await chooseCredentials(options).get();
    return source;
  }
  for (const provider of await chainProviders(env)) {
    const found = await provider.getCredentials().catch(() => undefined);
    if (found?.accessKeyId || found?.bearerToken) {
      return CHAIN_WORDS[provider.constructor.name] ?? "the official default chain";
    }
  }
  throw new AccessDeniedError(
    "no credentials: neither options nor environment name any, and the official default chain gives none",
  );
}

function namedSource(options: CallerOptions, env: Environment): string | undefined {
  if (options.accessKeyId !== undefined || options.bearerToken !== undefined) {
    return "the options";
  }
  if (options.credential !== undefined) {
    return "credential.getCredential()";
  }
  if (options.profile !== undefined) {
    return `profile ${quoted(options.profile)} of ~/.aliyun/config.json`;
  }
  const names = keyNamesIn(env);
  const token = names !== undefined && env[names.securityToken] ? ` with ${names.securityToken}` : "";
  return names && `${names.accessKeyId}${token}`;
}
