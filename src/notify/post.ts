import process from "node:process";
import { Connections } from "../openapi/http/connections.ts";
import { proxyFromEnvironment } from "../openapi/http/proxy.ts";
import { retryAfterOf } from "../openapi/response/api-error.ts";
import { publicLookup } from "./public-address.ts";
import type { ReceiverUrl } from "./receiver-url.ts";

/** What a receiver answered. */
export interface PostAnswer {
  readonly status: number;
  /** How long it asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** Posts once. Rejects when there is no answer. */
export type Post = (
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
) => Promise<PostAnswer>;

/**
 * Makes what posts to a receiver: a connection for each try, through the environment's proxy. No redirect is followed,
 * and of an answer only status and headers are read.
 */
export function posterTo(url: ReceiverUrl): Post {
  const { origin, path, isLoopback } = url;
  const endpoint = { origin, host: new URL(origin).host, loopback: isLoopback };
  return async (headers, body, signal) => {
    const proxy = proxyFromEnvironment(endpoint, process.env);
    const connections = new Connections(origin, proxy, isLoopback ? undefined : publicLookup);
    return await connections.use({ signal, fresh: true, onConnected: () => undefined }, async (send) => {
      const answer = await send({ path, method: "POST", headers: { ...headers }, body });
      // The connection is then given up, with what is left of the answer.
      connections.close();
      const given = Object.entries(answer.headers).map(
        ([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)] as const,
      );
      return { status: answer.statusCode, retryAfterMs: retryAfterOf(new Map(given)) };
    });
  };
}
