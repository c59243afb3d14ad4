import type { Endpoint } from "../endpoint/endpoint.ts";
import { Connections } from "./connections.ts";
import { type ForwardProxy, type ProxyOptions, parseProxy, proxyFromEnvironment } from "./proxy.ts";

/** The way to one endpoint. */
export interface Route {
  /** Host and port. */
  readonly host: string;
  /** Host and port of the proxy on the way. */
  readonly proxy?: string;
  /** What must never be shown. */
  readonly secrets: readonly string[];
  readonly connections: Connections;
}

/** The routes of a caller, each made when it is first needed and kept with its connections. */
export class Routes {
  readonly #proxy: ForwardProxy | undefined;
  readonly #routes = new Map<string, Route>();

  /** @throws {@link InvalidOptionError} for a proxy that can't be used. */
  constructor({ proxy }: ProxyOptions) {
    this.#proxy = proxy === undefined ? undefined : parseProxy(proxy, "proxy");
  }

  /** @throws {@link InvalidOptionError} when the environment names a proxy that can't be used. */
  to(endpoint: Endpoint): Route {
    const known = this.#routes.get(endpoint.origin);
    if (known !== undefined) {
      return known;
    }
    const proxy = this.#proxy ?? proxyFromEnvironment(endpoint, process.env);
    const route = {
      host: endpoint.host,
      ...(proxy === undefined ? {} : { proxy: proxy.host }),
      secrets: proxy?.secrets ?? [],
      connections: new Connections(endpoint.origin, proxy),
    };
    this.#routes.set(endpoint.origin, route);
    return route;
  }

  /** Closes idle connections now and the others when their calls have ended. A later call opens new ones. */
  close(): void {
    for (const { connections } of this.#routes.values()) {
      connections.close();
    }
  }
}

/** A route, for messages. */
export function describeRoute({ host, proxy }: Pick<Route, "host" | "proxy">): string {
  return proxy === undefined ? host : `${host} through the proxy ${proxy}`;
}
