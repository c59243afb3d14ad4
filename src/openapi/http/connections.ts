import type { LookupFunction } from "node:net";
import { Client } from "undici";
import { Connection } from "./connection.ts";
import { type Connector, connectorOf } from "./connector.ts";
import { fetchSender } from "./fetch-sender.ts";
import type { ForwardProxy } from "./proxy.ts";
import type { Send } from "./sender.ts";

/** How a call uses its connection. */
export interface UseOptions {
  /** Ends the call, and its connection. */
  readonly signal: AbortSignal;
  /** Takes no connection that was used before. */
  readonly fresh: boolean;
  /** Called once there is a connection: from then on, something may have been sent. */
  readonly onConnected: () => void;
}

/** Bun has undici's classes, but not what they do. */
function hasClient(): boolean {
  return process.versions["bun"] === undefined && typeof Client.prototype.request === "function";
}

/**
 * The connections to one endpoint. A call has one for itself, which ends with a call that fails or is given up: there
 * are at most as many sockets as calls in flight, besides idle ones. These are kept for as long as the service says,
 * and never keep the process alive.
 */
export class Connections {
  readonly #origin: string;
  readonly #proxy: ForwardProxy | undefined;
  readonly #connector: Connector;
  #idle: Connection[] = [];

  /** @param lookup - Gives the addresses of a name; by default the platform does. Without effect through a proxy. */
  constructor(origin: string, proxy: ForwardProxy | undefined, lookup?: LookupFunction) {
    this.#origin = origin;
    this.#proxy = proxy;
    this.#connector = connectorOf(proxy, lookup);
  }

  /** Runs one exchange over a connection. */
  async use<T>({ signal, fresh, onConnected }: UseOptions, exchange: (send: Send) => Promise<T>): Promise<T> {
    if (!hasClient()) {
      // Nothing tells when there is one, so a start that gets no answer in time may have been taken.
      onConnected();
      return await exchange(fetchSender({ origin: this.#origin, proxy: this.#proxy, fresh, signal }));
    }
    signal.throwIfAborted();
    const pool = this.#idle;
    const connection = (fresh ? undefined : pool.pop()) ?? this.#open(onConnected);
    if (connection.connected) {
      onConnected();
    }
    // undici would notice an abort only once the request has a connection.
    const onAbort = (): void => connection.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const result = await exchange((request) => connection.client.request(request));
      if (connection.connected && pool === this.#idle) {
        pool.push(connection);
      } else {
        connection.destroy();
      }
      return result;
    } catch (error) {
      connection.destroy();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Closes idle connections now, the others when their calls have ended. A later call opens new ones. */
  close(): void {
    for (const connection of this.#idle) {
      connection.destroy();
    }
    this.#idle = [];
  }

  #open(onConnected: () => void): Connection {
    return new Connection(this.#origin, this.#connector, (connection) => {
      const at = this.#idle.indexOf(connection);
      if (connection.connected) {
        onConnected();
      } else if (at >= 0) {
        this.#idle.splice(at, 1);
        connection.destroy();
      }
    });
  }
}
