import type { CallerOptions } from "../openapi/caller-options.ts";
import { objectKey, secretKey } from "../openapi/credentials/account-key.ts";
import { quotaPlace } from "../openapi/quota-place.ts";
import type { QuotaKeys } from "../task/source.ts";
import type { CompiledApi } from "./compile-api.ts";
import type { HttpRequest, RoaRequest, RpcRequest } from "./format/task-api.ts";
import { endpointTemplate } from "./request/endpoint-template.ts";
import type { ApiKey } from "./transport/api-key.ts";
import { environmentOfApis, overridingEndpoint } from "./transport/endpoint-of-apis.ts";

/** What decides where the calls of a source count. */
export interface QuotaOptions {
  readonly client: CallerOptions;
  readonly apiKey: ApiKey | undefined;
  readonly set: Readonly<Record<string, string>>;
}

/**
 * What a service counts together: the calls of an account, in a region, of an operation, by whichever declaration. An RPC
 * operation lists as it polls; elsewhere a listing is another.
 */
export function quotaKeysOfApi({ api, request: plan }: CompiledApi, options: QuotaOptions): QuotaKeys {
  const { request, list, name } = api;
  const describe =
    request.style === "http"
      ? keyOfHttp(request, options, name)
      : keyOfSigned(request, options.client, plan.needsRegion);
  if (list === undefined) {
    return { describe };
  }
  return { describe, list: request.style === "rpc" ? describe : `${describe} ${list.path ?? "list"}` };
}

function keyOfSigned(request: RpcRequest | RoaRequest, client: CallerOptions, needsRegion: boolean): string {
  const { style, version, action, endpoint } = request;
  const { account, origin, regionId } = quotaPlace(client, environmentOfApis());
  const region = needsRegion ? regionId : undefined;
  return JSON.stringify([account, origin, hostOf(endpoint, region), region, style, version, action]);
}

/** Declarations may write one host in several ways. */
function hostOf(endpoint: RpcRequest["endpoint"], region: string | undefined): unknown {
  try {
    return endpointTemplate(endpoint, "endpoint").origin({ taskIds: [], set: {}, region, nowMs: 0 });
  } catch {
    return endpoint;
  }
}

function keyOfHttp(request: HttpRequest, { client, apiKey, set }: QuotaOptions, name: string): string {
  const { auth, method, url } = request;
  const variable = auth === undefined ? "" : "bearer" in auth ? auth.bearer : auth.value;
  const key = apiKey ?? process.env[variable] ?? "";
  const account = typeof key === "function" ? objectKey(key) : secretKey(key.trim());
  const origin = overridingEndpoint(request, client, name)?.origin;
  // Another host is another service, or another account of it.
  const asked = url.replace(/^\w+:\/\/[^/]*/, (host) =>
    host.replace(/\{\+?(\w+)\}/g, (whole, placeholder: string) => set[placeholder] ?? whole),
  );
  return JSON.stringify([account, origin, method ?? "GET", asked]);
}
