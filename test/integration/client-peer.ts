import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import type { BdrcClientOptions } from "../../src/bdrc/client-options.ts";

export const KEYS = {
  accessKeyId: "LTAI5tUnitTestKeyId",
  accessKeySecret: "uT3stS3cretThatNobodyMaySee",
} as const;

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Peer {
  readonly origin: string;
  readonly port: number;
  readonly options: BdrcClientOptions;
  readonly seen: Seen[];
  /** Connections ever made. */
  readonly sockets: Socket[];
  stop(): Promise<void>;
}

export type Answer = (response: ServerResponse, seen: Seen, nth: number) => void;

/** A service on loopback that answers as it is told. */
export async function startPeer(answer: Answer): Promise<Peer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const entry = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(entry);
      answer(response, entry, seen.length);
    });
  });
  return listen(server, seen);
}

/** A service that speaks no HTTP of its own: the test writes the bytes. */
export function startRawPeer(onRequest: (socket: Socket, nth: number) => void): Promise<Peer> {
  let nth = 0;
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => {
      nth += 1;
      onRequest(socket, nth);
    });
  });
  return listen(server, []);
}

async function listen(server: ReturnType<typeof createTcpServer>, seen: Seen[]): Promise<Peer> {
  const sockets: Socket[] = [];
  server.on("connection", (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    port,
    options: { endpoint: origin, ...KEYS },
    seen,
    sockets,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}

export const TASK = { TaskId: "t-1", TaskStatus: "RUNNING", Progress: 100 } as const;

export function json(
  response: ServerResponse,
  body: unknown,
  httpStatus = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(httpStatus, { "content-type": "application/json;charset=utf-8", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("expected a rejection");
}
