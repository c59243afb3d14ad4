import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { selfSigned } from "../../src/emulator/http/self-signed.ts";
import { classifyError } from "../../src/policy/observe/classify-error.ts";
import { classifyStart } from "../../src/policy/observe/classify-start.ts";
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

  it.each([
    [407, "the proxy refused with HTTP 407: it asks for another user name and password", true],
    [403, "the proxy refused with HTTP 403: it does not let this host through", true],
    [400, "the proxy refused with HTTP 400", true],
    [503, "the proxy answered with HTTP 503", undefined],
    [429, "the proxy answered with HTTP 429", undefined],
  ])(
    "names the proxy, not its password, when that answers CONNECT with %i",
    async (status, reason, permanent) => {
      proxy.stop();
      proxy = await startProxy(status);
      for (const start of [false, true]) {
        const behind = client({ proxy: `http://me:p4ssw0rd@127.0.0.1:${proxy.port}` });
        const error = await rejection(start ? behind.updateResources() : behind.describe("t-1"));
        expect(error.name).toBe("UnreachableError");
        expect(error.message).toContain(`bdrc.test through the proxy 127.0.0.1:${proxy.port}: ${reason}`);
        expect(error.message).not.toContain("p4ssw0rd");
        expect(error["permanent"]).toBe(permanent);
        expect(classifyStart(error)).toBe(permanent ? "refused" : "retry");
      }
      expect(proxy.tunnels).toHaveLength(2);
    },
  );

  it("asks a proxy that closes instead of answering once, and says so at once", async () => {
    const connections: Socket[] = [];
    const closing = createTcpServer((socket) => {
      connections.push(socket.on("error", () => undefined));
      socket.once("data", () => socket.end());
    }).listen(0, "127.0.0.1");
    await once(closing, "listening");
    const { port } = closing.address() as AddressInfo;
    const error = await rejection(
      client({ proxy: `http://me:p4ssw0rd@127.0.0.1:${port}` }).updateResources(),
    );
    expect(error.message).toContain(
      `through the proxy 127.0.0.1:${port}: the connection was reset (ECONNRESET)`,
    );
    expect(classifyStart(error)).toBe("retry");
    expect(connections).toHaveLength(1);
    closing.close();
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
  async function startTls(listener: Parameters<typeof createTlsServer>[1]): Promise<number> {
    const server = createTlsServer(selfSigned(), listener);
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  it("says at once which certificate isn't trusted, what helps, and that nothing was sent", async () => {
    const seen: string[] = [];
    const port = await startTls((request, response) => {
      seen.push(request.url ?? "");
      json(response, { Data: TASK });
    });
    const behind = new BdrcClient({ endpoint: `https://127.0.0.1:${port}`, ...KEYS });
    for (const call of [() => behind.describe("t-1"), () => behind.updateResources()]) {
      const error = await rejection(call());
      expect(error).toMatchObject({ name: "UnreachableError", permanent: true });
      expect(error.message).toMatch(
        /its certificate is not trusted here: .*NODE_EXTRA_CA_CERTS \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
      );
      expect(classifyError(error)).toBe("permanent");
      expect(classifyStart(error)).toBe("refused");
    }
    expect(seen).toEqual([]);
  });

  it("says at once that the other side speaks no TLS", async () => {
    const error = await rejection(
      new BdrcClient({ endpoint: peer.origin.replace("http:", "https:"), ...KEYS }).describe("t-1"),
    );
    expect(error).toMatchObject({ name: "UnreachableError", permanent: true });
    expect(error.message).toMatch(
      /: it speaks no TLS that is accepted here; an endpoint without TLS begins with http:\/\/ \(ERR_SSL_\w+\)$/,
    );
  });

  it("has as many sockets as calls in flight while handshakes stall", async () => {
    const open = new Set<Socket>();
    let made = 0;
    const stalling = createTcpServer((socket) => {
      made += 1;
      open.add(socket.on("error", () => undefined).on("close", () => open.delete(socket)));
      socket.resume();
    }).listen(0, "127.0.0.1");
    await once(stalling, "listening");
    const { port } = stalling.address() as AddressInfo;
    const behind = new BdrcClient({ endpoint: `https://127.0.0.1:${port}`, ...KEYS });
    const calls: Array<{ readonly controller: AbortController; readonly ended: Promise<unknown> }> = [];
    // Two calls are always in flight: each is given up after the next has begun.
    for (let nth = 1; nth <= 20; nth += 1) {
      const controller = new AbortController();
      const ended = behind.describe("t-1", { signal: controller.signal }).catch((error: Error) => error);
      calls.push({ controller, ended });
      await expect.poll(() => made).toBe(nth);
      const earlier = calls.at(-2);
      earlier?.controller.abort(new Error("given up"));
      await earlier?.ended;
      await expect.poll(() => open.size).toBeLessThanOrEqual(2);
    }
    calls.at(-1)?.controller.abort(new Error("given up"));
    await calls.at(-1)?.ended;
    await expect.poll(() => open.size).toBe(0);
    stalling.close();
  });

  it("says of a start that got no connection in time that nothing was sent", async () => {
    const stalling = createTcpServer((socket) => socket.on("error", () => undefined).resume()).listen(
      0,
      "127.0.0.1",
    );
    await once(stalling, "listening");
    const { port } = stalling.address() as AddressInfo;
    const error = await rejection(
      new BdrcClient({
        endpoint: `https://127.0.0.1:${port}`,
        ...KEYS,
        callTimeoutMs: 200,
      }).updateResources(),
    );
    expect(error.message).toBe(
      `UpdateResources got no answer from 127.0.0.1:${port}: no connection within 200 ms`,
    );
    expect(classifyStart(error)).toBe("retry");
    stalling.close();
  });
});
