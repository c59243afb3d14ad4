import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { selfSigned } from "../../src/emulator/http/self-signed.ts";
import { json, KEYS, type Peer, rejection, startPeer, TASK } from "./client-peer.ts";

interface TestProxy {
  readonly port: number;
  readonly tunnels: Array<{ readonly target: string; readonly authorization: string | undefined }>;
  stop(): void;
}

let peer: Peer;
let proxy: TestProxy;
const servers: Server[] = [];

const PROXY_VARIABLES = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];

/** Tunnels to the peer, whatever host it is asked for. */
async function startProxy(status = 200): Promise<TestProxy> {
  const tunnels: TestProxy["tunnels"] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("connect", (request, socket: Socket) => {
    tunnels.push({ target: request.url ?? "", authorization: request.headers["proxy-authorization"] });
    sockets.add(socket.on("error", () => undefined));
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const onward = connect(peer.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    }).on("error", () => undefined);
    sockets.add(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    tunnels,
    stop() {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}

function client(options = {}): BdrcClient {
  return new BdrcClient({ endpoint: "http://bdrc.test", insecure: true, ...KEYS, ...options });
}

beforeEach(async () => {
  for (const name of PROXY_VARIABLES) {
    vi.stubEnv(name, undefined);
  }
  peer = await startPeer((response) => json(response, { Data: TASK }));
  proxy = await startProxy();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  proxy.stop();
  await peer.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe("a client behind a proxy", () => {
  it("goes through the proxy option, with its user name and password", async () => {
    const url = `http://me:p%40ss-w0rd@127.0.0.1:${proxy.port}`;
    expect(await client({ proxy: url }).describe("t-1")).toMatchObject({ taskId: "t-1" });
    expect(proxy.tunnels).toEqual([
      { target: "bdrc.test:80", authorization: `Basic ${Buffer.from("me:p@ss-w0rd").toString("base64")}` },
    ]);
    expect(peer.seen[0]?.headers.host).toBe("bdrc.test");
    expect(peer.seen[0]?.headers).not.toHaveProperty("proxy-authorization");
  });

  it.each(["HTTP_PROXY", "http_proxy"])("goes through the proxy of %s", async (name) => {
    vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`);
    await client().describe("t-1");
    expect(proxy.tunnels).toHaveLength(1);
  });

  it("keeps its tunnel for calls that follow", async () => {
    const behind = client({ proxy: `http://127.0.0.1:${proxy.port}` });
    for (let call = 0; call < 6; call += 1) {
      await behind.describe("t-1");
    }
    expect(proxy.tunnels.length).toBeLessThanOrEqual(2);
    await behind.close();
  });

  it.each(["bdrc.test", ".test", "*", "other, bdrc.test:80"])(
    "goes past it for NO_PROXY=%s",
    async (exception) => {
      vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${proxy.port}`);
      vi.stubEnv("NO_PROXY", exception);
      // A name that nobody resolves.
      expect(await rejection(client().describe("t-1"))).toMatchObject({ name: "UnreachableError" });
      expect(proxy.tunnels).toHaveLength(0);
    },
  );

  it.each(["", "other.test", "rc.test", "bdrc.test:8080"])(
    "goes through it for NO_PROXY=%s",
    async (exception) => {
      vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${proxy.port}`);
      vi.stubEnv("NO_PROXY", exception);
      await client().describe("t-1");
      expect(proxy.tunnels).toHaveLength(1);
    },
  );

  it("never uses the environment's proxy for loopback", async () => {
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${proxy.port}`);
    await client({ endpoint: peer.origin }).describe("t-1");
    expect(proxy.tunnels).toHaveLength(0);
  });

  it("names the proxy, not its password, when the proxy refuses", async () => {
    proxy.stop();
    proxy = await startProxy(407);
    const error = await rejection(
      client({ proxy: `http://me:p4ssw0rd@127.0.0.1:${proxy.port}` }).describe("t-1"),
    );
    expect(error.name).toBe("UnreachableError");
    expect(error.message).toContain(
      `bdrc.test through the proxy 127.0.0.1:${proxy.port}: Proxy response (407)`,
    );
    expect(error.message).not.toContain("p4ssw0rd");
  });

  it("names the proxy when nobody listens there", async () => {
    proxy.stop();
    const error = await rejection(client({ proxy: `http://127.0.0.1:${proxy.port}` }).describe("t-1"));
    expect(error.message).toMatch(
      /through the proxy 127\.0\.0\.1:\d+: the connection was refused \(ECONNREFUSED\)/,
    );
  });

  it("names the variable, not its value, when that is no proxy", () => {
    vi.stubEnv("HTTPS_PROXY", "socks5://me:p4ssw0rd@127.0.0.1:1");
    expect(() => new BdrcClient({ regionId: "cn-shanghai", ...KEYS })).toThrow(
      /^HTTPS_PROXY must be .*not shown/,
    );
  });
});

describe("a client over TLS", () => {
  it("trusts nobody whose certificate the system doesn't trust", async () => {
    const server = createTlsServer(selfSigned(), (_, response) => json(response, { Data: TASK }));
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const error = await rejection(
      new BdrcClient({ endpoint: `https://127.0.0.1:${port}`, ...KEYS }).describe("t-1"),
    );
    expect(error.name).toBe("UnreachableError");
    expect(error.message).toContain("(DEPTH_ZERO_SELF_SIGNED_CERT)");
  });
});
