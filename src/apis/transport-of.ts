import { type CallerOptions, checkCallerOptions } from "../openapi/caller-options.ts";
import type { CompiledApi } from "./compile-api.ts";
import { checkApiKey } from "./transport/api-key.ts";
import { httpTransport } from "./transport/http-transport.ts";
import { signedTransport } from "./transport/signed-transport.ts";
import type { Transport } from "./transport/transport.ts";

/** The way to a declared API. @throws `InvalidOptionError` for options that can't be used. */
export function transportOf(
  { api, reading }: CompiledApi,
  options: CallerOptions,
  apiKey: unknown,
): Transport {
  const checked = checkCallerOptions(options, `taskApiSource(${api.name})`);
  const key = checkApiKey(apiKey, api.request);
  return api.request.style === "http"
    ? httpTransport(api.request, checked, key, reading)
    : signedTransport(api.request, checked);
}
