import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { ApiRequest } from "../protocol/api-request.ts";

const MAX_BODY_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 25_000;

/** Answers one whole request; `undefined` stands for a body that was too large. */
export type RequestHandler = (request: ApiRequest | undefined, response: ServerResponse) => void;

/** What {@link listen} needs to know. */
export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** PEM texts; without them it is plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly resetConnection: (n: number) => boolean;
  readonly handle: RequestHandler;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Ends every connection at once, and listens no more. */
  close(): Promise<void>;
}

/**
 * Listens on a loopback address.
 *
 * @throws The operating system's error when the port can't be had.
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const onRequest: RequestListener = (message, response) => collect(message, response, options.handle);
  const server: Server =
    options.tls === undefined ? createServer(onRequest) : createTlsServer(options.tls, onRequest);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    // Without a listener a reset by the client would end the process.
    socket.on("error", () => {});
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    const n = connections;
    connections += 1;
    if (options.resetConnection(n)) {
      socket.resetAndDestroy();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}

function collect(message: IncomingMessage, response: ServerResponse, handle: RequestHandler): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  message.on("error", () => {});
  response.on("error", () => {});
  message.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) {
      chunks.push(chunk);
    }
  });
  message.on("end", () => {
    handle(bytes > MAX_BODY_BYTES ? undefined : toApiRequest(message, Buffer.concat(chunks)), response);
  });
}

function toApiRequest(message: IncomingMessage, body: Buffer): ApiRequest {
  const target = message.url ?? "/";
  // A client that takes us for a proxy sends the whole address.
  const local = target.replace(/^https?:\/\/[^/?#]*/i, "");
  const mark = local.indexOf("?");
  const path = mark < 0 ? local : local.slice(0, mark);
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
  }
  return {
    method: message.method ?? "GET",
    path: path === "" ? "/" : path,
    query: mark < 0 ? [] : [...new URLSearchParams(local.slice(mark + 1))],
    headers,
    body,
  };
}
