import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach } from "vitest";
import { selfSigned } from "../../../src/emulator/http/self-signed.ts";

/** What a server on the way does with each connection. */
export type Manner =
  /** Takes part: a proxy tunnels. */
  | "answer"
  /** A proxy says no, with this status. */
  | { readonly refuse: number }
  /** Closes at once. */
  | "close"
  /** Closes once it was asked for something. */
  | "close-when-asked"
  /** Takes all and says nothing. */
  | "hang";

/** A server that runs until the test ends. */
export interface TestServer {
  readonly port: number;
  /** Connections that came. */
  connections(): number;
}

const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
  }
});

/** A proxy for HTTPS, by CONNECT. */
export function startProxy(manner: Manner): Promise<TestServer> {
  return listen((socket) => {
    if (manner === "close") {
      socket.destroy();
    } else if (manner !== "hang") {
      socket.once("data", (head) => serveConnect(socket, head, manner));
    }
  });
}

/** A server that is asked and never answers, until it stops. */
export async function startDeaf(): Promise<
  TestServer & { readonly asked: Promise<unknown>; stop(): Promise<unknown> }
> {
  const server = createServer();
  const sockets: Socket[] = [];
  let hear: (bytes: unknown) => void = () => undefined;
  const asked = new Promise<unknown>((resolve) => {
    hear = resolve;
  });
  const opening = await opened(server, "connection", (socket) => {
    sockets.push(socket.once("data", hear));
  });
  const stop = async (): Promise<unknown> => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
    return await closed;
  };
  return { ...opening, asked, stop };
}

/** A server whose TLS handshake is never answered. */
export function startStalledTls(): Promise<TestServer> {
  return listen(() => undefined);
}

/** A server with a certificate that nobody trusts. */
export async function startUntrustedTls(): Promise<TestServer> {
  const server = createTlsServer(selfSigned());
  return opened(server, "connection", (socket) => socket.on("error", () => undefined));
}

function serveConnect(socket: Socket, head: Buffer, manner: Exclude<Manner, "close" | "hang">): void {
  if (manner === "close-when-asked") {
    socket.destroy();
    return;
  }
  if (manner !== "answer") {
    socket.end(`HTTP/1.1 ${manner.refuse} No\r\ncontent-length: 0\r\n\r\n`);
    return;
  }
  const [, host = "", port = ""] = /^CONNECT ([^:\s]+):(\d+) /.exec(head.toString("latin1")) ?? [];
  const onward = connect(Number(port), host, () => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    socket.pipe(onward).pipe(socket);
  }).on("error", () => socket.destroy());
}

function listen(serve: (socket: Socket) => void): Promise<TestServer> {
  return opened(createServer(), "connection", serve);
}

async function opened(server: Server, event: string, serve: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  server.on(event, (socket: Socket) => {
    count += 1;
    sockets.add(socket.on("error", () => undefined));
    serve(socket);
  });
  servers.push({ server, sockets });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}
