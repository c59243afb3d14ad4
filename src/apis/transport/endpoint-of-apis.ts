import type { CallerOptions } from "../../openapi/caller-options.ts";
import { type Environment, firstSet, prefixed } from "../../openapi/credentials/environment.ts";
import { type Endpoint, parseEndpoint } from "../../openapi/endpoint/endpoint.ts";
import { invalidOption } from "../../options/check-options.ts";
import type { HttpRequest } from "../format/task-api.ts";

/**
 * The endpoint that takes the place of the declared host, such as an emulator's. A key goes only where the declaration
 * says, so beyond this machine there is none; and the environment's endpoint, which is meant for another service, counts
 * only on this machine.
 *
 * @throws {@link InvalidOptionError} for an `endpoint` beyond this machine.
 */
export function overridingEndpoint(
  request: HttpRequest,
  { endpoint }: CallerOptions,
  name: string,
): Endpoint | undefined {
  if (endpoint !== undefined) {
    const parsed = parseEndpoint(endpoint, "endpoint", false);
    if (!parsed.loopback) {
      throw invalidOption(
        "endpoint",
        `must be this machine's for ${name}, whose key goes to the hosts of its declaration only (${request.url})`,
        endpoint,
      );
    }
    return parsed;
  }
  return localEndpoint();
}

/** The environment without an endpoint beyond this machine, which is meant for another service. */
export function environmentOfApis(): Environment {
  if (localEndpoint() !== undefined) {
    return process.env;
  }
  const names = new Set(prefixed("ENDPOINT"));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.has(name)));
}

function localEndpoint(): Endpoint | undefined {
  const named = firstSet(process.env, prefixed("ENDPOINT"));
  if (named === undefined) {
    return undefined;
  }
  try {
    const parsed = parseEndpoint(named.value, named.name, true);
    return parsed.loopback ? parsed : undefined;
  } catch {
    return undefined;
  }
}
