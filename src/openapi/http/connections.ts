import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent } from "undici";
import { timedCall } from "../../async/timed-call.ts";
import type { ForwardProxy } from "./proxy.ts";

/**
 * The connections to one endpoint. Idle ones are kept for as long as the service says, and never keep the
 * process alive.
 *
 * A call that is given up while its connection is being made would leave that connection trying, and the
 * process alive, for minutes. So once no call is in flight, and one was given up, everything is thrown away.
 */
export class Connections {
  readonly #proxy: ForwardProxy | undefined;
  readonly #connecting = new Set<{ destroy(error: Error): unknown }>();
  #dispatcher: Dispatcher | undefined;
  #inFlight = 0;
  #someGivenUp = false;

  constructor(proxy: ForwardProxy | undefined) {
    this.#proxy = proxy;
  }

  /** Runs one exchange over the connections, which `signal` says when to give up. */
  async use<T>(signal: AbortSignal, exchange: (dispatcher: Dispatcher) => Promise<T>): Promise<T> {
    this.#dispatcher ??= this.#open();
    this.#inFlight += 1;
    try {
      const dispatcher = this.#dispatcher;
      // undici notices an abort only once the request has a connection.
      return await timedCall(() => exchange(dispatcher), { signal }).promise;
    } finally {
      this.#inFlight -= 1;
      this.#someGivenUp ||= signal.aborted;
      if (this.#inFlight === 0 && this.#someGivenUp) {
        this.#throwAway();
      }
    }
  }

  /** Closes idle connections now and the others when their calls have ended. A later call opens new ones. */
  async close(): Promise<void> {
    const dispatcher = this.#dispatcher;
    this.#dispatcher = undefined;
    await dispatcher?.close();
  }

  #throwAway(): void {
    this.#someGivenUp = false;
    const dispatcher = this.#dispatcher;
    this.#dispatcher = undefined;
    const reason = new Error("nobody waits for this connection any more");
    for (const socket of this.#connecting) {
      socket.destroy(reason);
    }
    dispatcher?.destroy(reason).catch(() => undefined);
  }

  #open(): Dispatcher {
    const connect = this.#tracked(buildConnector({ timeout: 0 }));
    // Every call has a deadline of its own, which covers all of it.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
    if (this.#proxy === undefined) {
      return new Agent({ ...timeouts, connect });
    }
    const { origin, authorization } = this.#proxy;
    return new ProxyAgent({
      ...timeouts,
      uri: origin,
      ...(authorization === undefined ? {} : { token: authorization }),
      clientFactory: (proxyOrigin) => new Pool(proxyOrigin, { ...timeouts, connect }),
    });
  }

  #tracked(connector: buildConnector.connector): buildConnector.connector {
    return (options, callback) => {
      // The type says that a connector returns nothing; undici's own returns its socket.
      const socket: unknown = connector(options, (...result) => {
        this.#connecting.delete(socket as never);
        callback(...(result as Parameters<buildConnector.Callback>));
      });
      this.#connecting.add(socket as never);
    };
  }
}
