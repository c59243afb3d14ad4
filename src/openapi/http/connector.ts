import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import { buildConnector } from "undici";
import { ConnectError } from "./connect-error.ts";
import type { ForwardProxy } from "./proxy.ts";

/** An attempt that can be given up. */
export interface Destroyable {
  destroy(error?: Error): unknown;
}

/** Makes a connection, and returns what to destroy to give it up. It fails with a {@link ConnectError}. */
export type Connector = (
  options: buildConnector.Options,
  callback: buildConnector.Callback,
) => Destroyable | undefined;

/** Connects to the service itself, or through a tunnel of the proxy. */
export function connectorOf(proxy: ForwardProxy | undefined, lookup?: LookupFunction): Connector {
  // Every call has a deadline of its own, which covers all of it.
  const build = buildConnector({ timeout: 0, ...(lookup === undefined ? {} : { lookup }) });
  const direct: Connector = (options, callback) => {
    // The type says that a connector returns nothing; undici's own returns its socket.
    const socket: unknown = build(options, (...[error, made]) => {
      if (error === null) {
        callback(null, made);
      } else {
        callback(new ConnectError(error.message, { cause: error }), null);
      }
    });
    return socket as Destroyable | undefined;
  };
  return proxy === undefined ? direct : (options, callback) => tunnel(proxy, direct, options, callback);
}

/**
 * Asks the proxy once. undici's own agent asks again for as long as the proxy closes the connection instead of
 * answering, hundreds of times a second.
 */
function tunnel(
  proxy: ForwardProxy,
  direct: Connector,
  options: buildConnector.Options,
  callback: buildConnector.Callback,
): Destroyable {
  const secure = options.protocol === "https:";
  const host = options.hostname.includes(":") ? `[${options.hostname}]` : options.hostname;
  const authority = `${host}:${options.port || (secure ? 443 : 80)}`;
  const request = (proxy.origin.startsWith("https:") ? httpsRequest : httpRequest)(proxy.origin, {
    agent: false,
    method: "CONNECT",
    path: authority,
    headers: {
      host: authority,
      ...(proxy.authorization === undefined ? {} : { "proxy-authorization": proxy.authorization }),
    },
  });
  let current: Destroyable | undefined = request;
  request.once("error", (error) => callback(new ConnectError(error.message, { cause: error }), null));
  request.once("connect", ({ statusCode = 0 }: { readonly statusCode?: number }, socket: Duplex) => {
    if (statusCode < 200 || statusCode > 299) {
      socket.on("error", () => undefined).destroy();
      callback(new ConnectError("the proxy refused", { proxyStatus: statusCode }), null);
    } else if (secure) {
      current = direct(
        { ...options, httpSocket: socket as NonNullable<typeof options.httpSocket> },
        callback,
      );
    } else {
      callback(null, socket as NonNullable<typeof options.httpSocket>);
    }
  });
  request.end();
  return { destroy: (error) => current?.destroy(error) };
}
