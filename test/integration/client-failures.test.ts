import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import {
  type Answer,
  json,
  KEYS,
  type Peer,
  rejection,
  startPeer,
  startRawPeer,
  TASK,
} from "./client-peer.ts";

const peers: Peer[] = [];

async function peerThat(answer: Answer): Promise<Peer> {
  const peer = await startPeer(answer);
  peers.push(peer);
  return peer;
}

async function rawPeerThat(onRequest: Parameters<typeof startRawPeer>[0]): Promise<Peer> {
  const peer = await startRawPeer(onRequest);
  peers.push(peer);
  return peer;
}

async function described(peer: Peer, options = {}): Promise<Error & Record<string, unknown>> {
  return await rejection(new BdrcClient({ ...peer.options, ...options }).describe("t-1"));
}

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

it("an answer that switches protocols unasked is told as one that HTTP does not allow", async () => {
  const peer = await rawPeerThat((socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  const error = await described(peer);

  expect(error.name).toBe("ProtocolError");
  expect(error.message).toMatch(/got an answer from 127\.0\.0\.1:\d+ that HTTP does not allow$/);
});

describe("no answer", () => {
  it("from a closed port names call, task, host, reason and cause", async () => {
    const peer = await startPeer(() => undefined);
    await peer.stop();
    const error = await described(peer);
    expect(error).toMatchObject({ name: "UnreachableError", code: "UNREACHABLE", taskId: "t-1" });
    expect(error.message).toBe(
      `DescribeTask of "t-1" got no answer from 127.0.0.1:${peer.port}: the connection was refused (ECONNREFUSED)`,
    );
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("from a name that doesn't exist says so", async () => {
    const error = await rejection(
      new BdrcClient({ endpoint: "https://bdrc.cn-shanghai.invalid", ...KEYS }).describe("t-1"),
    );
    expect(error.name).toBe("UnreachableError");
    expect(error.message).toMatch(/bdrc\.cn-shanghai\.invalid: .*\((ENOTFOUND|EAI_AGAIN)\)$/);
  });

  it.each<[string, Parameters<typeof startRawPeer>[0]]>([
    ["before an answer", (socket) => socket.resetAndDestroy()],
    ["within the head", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-le")],
    ["within the body", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}")],
    [
      "within a chunk",
      (socket) => socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{}"),
    ],
  ])("from a connection that breaks %s", async (_, onRequest) => {
    const error = await described(await rawPeerThat(onRequest));
    expect(error.name).toBe("UnreachableError");
    expect(error.message).toMatch(/\((ECONNRESET|UND_ERR_SOCKET)\)$/);
  });

  it.each<[string, Answer]>([
    ["hangs", () => undefined],
    ["hangs within the body", (response) => response.writeHead(200).write("{")],
  ])("from a service that %s comes to an end in time", async (_, answer) => {
    const peer = await peerThat(answer);
    const error = await described(peer, { callTimeoutMs: 150 });
    expect(error).toMatchObject({ name: "UnreachableError", taskId: "t-1" });
    expect(error.message).toBe(
      `DescribeTask of "t-1" got no answer from 127.0.0.1:${peer.port}: no answer within 150 ms`,
    );
    await expect.poll(() => peer.sockets.every((socket) => socket.destroyed)).toBe(true);
  });

  it("from a service that drips comes to an end in time, however alive it looks", async () => {
    const peer = await peerThat((response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    });
    expect(await described(peer, { callTimeoutMs: 300 })).toMatchObject({ name: "UnreachableError" });
  });

  it("from a credential that hangs says that it was the credential, and the next call asks again", async () => {
    const peer = await peerThat((response) => json(response, { Data: TASK }));
    let asked = 0;
    const credential = {
      getCredential: () => {
        asked += 1;
        return asked === 1 ? new Promise<never>(() => undefined) : Promise.resolve(KEYS);
      },
    };
    const client = new BdrcClient({ endpoint: peer.origin, credential, callTimeoutMs: 100 });
    const error = await rejection(client.describe("t-1"));
    expect(error.message).toBe('DescribeTask of "t-1" got no credentials within 100 ms');
    expect(await client.describe("t-1")).toMatchObject({ taskId: "t-1" });
  });

  it("from a connection that the service closed meanwhile is told apart or not needed", async () => {
    const peer = await rawPeerThat((socket) => {
      const body = JSON.stringify({ Data: TASK });
      socket.end(
        `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\n\r\n${body}`,
      );
    });
    const client = new BdrcClient(peer.options);
    for (let call = 0; call < 10; call += 1) {
      await client.describe("t-1").catch((error: Error) => expect(error.name).toBe("UnreachableError"));
    }
  });
});

describe("an abort", () => {
  it("rejects with the signal's own reason, and cuts the connection", async () => {
    const peer = await peerThat(() => undefined);
    const controller = new AbortController();
    const reason = { mine: true };
    const call = new BdrcClient(peer.options).describe("t-1", { signal: controller.signal });
    call.catch(() => undefined);
    await expect.poll(() => peer.seen.length).toBe(1);
    controller.abort(reason);
    expect(await rejection(call)).toBe(reason);
    await expect.poll(() => peer.sockets.every((socket) => socket.destroyed)).toBe(true);
  });

  it("leaves calls of others alone", async () => {
    const held: Array<() => void> = [];
    const peer = await peerThat((response) => held.push(() => json(response, { Data: TASK })));
    const client = new BdrcClient(peer.options);
    const controller = new AbortController();
    const mine = client.describe("t-1", { signal: controller.signal });
    mine.catch(() => undefined);
    const other = client.describe("t-1");
    await expect.poll(() => peer.seen.length).toBe(2);
    controller.abort();
    await rejection(mine);
    for (const release of held) {
      release();
    }
    expect(await other).toMatchObject({ taskId: "t-1" });
  });

  it("beforehand sends nothing", async () => {
    const peer = await peerThat(() => undefined);
    const reason = new Error("too late");
    const call = new BdrcClient(peer.options).describe("t-1", { signal: AbortSignal.abort(reason) });
    expect(await rejection(call)).toBe(reason);
    expect(peer.sockets).toHaveLength(0);
  });

  it("leaves no listener on the signal, nor does an answer", async () => {
    const peer = await peerThat((response) => json(response, { Data: TASK }));
    const { signal } = new AbortController();
    const client = new BdrcClient(peer.options);
    await client.describe("t-1", { signal });
    await client.describeTasks({}, { signal }).catch(() => undefined);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
