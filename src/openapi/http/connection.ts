import { Client } from "undici";
import type { Connector, Destroyable } from "./connector.ts";

/** One connection for one call at a time. It is made with the first call. */
export class Connection {
  readonly client: Client;
  /** Whether it is there. While it is not, nothing was sent. */
  connected = false;
  #connecting: Destroyable | undefined;

  /** @param onChange - Called when the connection is there, and when it has ended. */
  constructor(origin: string, connector: Connector, onChange: (connection: Connection) => void) {
    this.client = new Client(origin, {
      // Every call has a deadline of its own, which covers all of it.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        this.#connecting = connector(options, callback);
      },
    });
    const change = (connected: boolean) => () => {
      this.connected = connected;
      onChange(this);
    };
    this.client.on("connect", change(true)).on("disconnect", change(false));
  }

  /** Ends it at once, also while it is being made. */
  destroy(): void {
    const reason = new Error("this connection is no longer needed");
    this.client.destroy(reason).catch(() => undefined);
    // undici lets an attempt to connect go on, for minutes, and with it the process.
    this.#connecting?.destroy(reason);
  }
}
