import type { BdrcClientOptions } from "../caller-options.ts";
import { regionOfProfile } from "../credentials/profile.ts";
import { Connections } from "../http/connections.ts";
import type { Route } from "../http/network-error.ts";
import { parseProxy, proxyFromEnvironment } from "../http/proxy.ts";
import { chooseEndpoint, type Endpoint, endpointOfRegion, wantsVpc } from "./endpoint.ts";
import { DEFAULT_REGION } from "./region.ts";

/** Where a client's calls go, and over what. */
export interface Destination {
  readonly endpoint: Endpoint;
  readonly connections: Connections;
  /** For messages. */
  readonly route: Route;
  /** What must never be shown. */
  readonly secrets: readonly string[];
}

/**
 * Makes what gives the destination. It is settled at once if options or environment do that, and at the first
 * call, by the profile's region, if they don't.
 *
 * @throws {@link InvalidOptionError} at once for what can't be used.
 */
export function chooseDestination(options: BdrcClientOptions): () => Promise<Destination> {
  const endpoint = chooseEndpoint(options, process.env);
  let destination = endpoint && reach(endpoint, options);
  return async () => {
    if (destination === undefined) {
      const region = await regionOfProfile(options, process.env);
      // Another call may have been faster, and a client has one set of connections.
      destination ??= reach(
        endpointOfRegion(
          region ?? { regionId: DEFAULT_REGION, source: "the default region" },
          wantsVpc(options, process.env),
        ),
        options,
      );
    }
    return destination;
  };
}

function reach(endpoint: Endpoint, options: BdrcClientOptions): Destination {
  const proxy =
    options.proxy === undefined
      ? proxyFromEnvironment(endpoint, process.env)
      : parseProxy(options.proxy, "proxy");
  return {
    endpoint,
    connections: new Connections(proxy),
    route: { host: endpoint.host, ...(proxy === undefined ? {} : { proxy: proxy.host }) },
    secrets: proxy?.secrets ?? [],
  };
}
