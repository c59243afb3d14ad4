import { connect, createServer, type Server, type Socket } from "node:net";

/** One address for several processes, tried in turn: what stands before a service that runs on many machines. */
export async function startBalancer(
  port: number,
  targets: readonly number[],
): Promise<{ stop(): Promise<void> }> {
  let turn = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const attempt = (left: number) => {
      const upstream = connect(targets[turn++ % targets.length] as number, "127.0.0.1");
      sockets.add(client).add(upstream);
      let isConnected = false;
      upstream.once("connect", () => {
        isConnected = true;
        client.pipe(upstream).pipe(client);
      });
      upstream.on("error", () => {
        if (!isConnected && left > 0) {
          attempt(left - 1);
        } else {
          client.destroy();
        }
      });
      upstream.once("close", () => {
        sockets.delete(upstream);
        if (isConnected) {
          client.destroy();
        }
      });
      client.once("close", () => {
        sockets.delete(client);
        upstream.destroy();
      });
    };
    client.on("error", () => {});
    attempt(targets.length);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) {
          socket.destroy();
        }
        server.close(() => resolve());
      }),
  };
}
