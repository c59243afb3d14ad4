import { afterEach, expect, it, vi } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { classifyStart } from "../../src/policy/observe/classify-start.ts";
import { json, type Peer, rejection, startPeer, TASK } from "./client-peer.ts";

const peers: Peer[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

it("a start goes over a fresh connection: a kept one that the service closes just then leaves no start unclear", async () => {
  // Answers once a connection, and closes it at the second request without an answer.
  const used = new WeakSet<object>();
  const peer = await startPeer((response, seen) => {
    const socket = response.socket ?? expect.fail();
    if (used.has(socket)) {
      socket.destroy();
      return;
    }
    used.add(socket);
    json(response, { Data: seen.method === "GET" ? TASK : { TaskId: "t-1" } });
  });
  peers.push(peer);
  const client = new BdrcClient(peer.options);
  for (let nth = 0; nth < 4; nth += 1) {
    await client.describe("t-1").catch(() => undefined);
    expect(await client.updateResources()).toEqual({ taskId: "t-1" });
    expect(await client.checkRules({ resourceArn: "acs:ecs:1" })).toEqual({ taskId: "t-1" });
  }
});

it("the connection of a start is kept for the polls that follow", async () => {
  const peer = await startPeer((response, seen) => {
    json(response, { Data: seen.method === "GET" ? TASK : { TaskId: "t-1" } });
  });
  peers.push(peer);
  const client = new BdrcClient(peer.options);
  await client.updateResources();
  await client.describe("t-1");
  await client.describe("t-1");
  expect(peer.sockets).toHaveLength(1);
});

it("a start that ran out of descriptors says so, and that nothing was sent", async () => {
  const net = await import("node:net");
  const connect = vi.spyOn(net.default, "connect").mockImplementation(() => {
    const socket = new net.Socket();
    process.nextTick(() => socket.destroy(Object.assign(new Error("connect EMFILE"), { code: "EMFILE" })));
    return socket;
  });
  const error = await rejection(
    new BdrcClient({
      endpoint: "http://127.0.0.1:1",
      accessKeyId: "id-1234",
      accessKeySecret: "s-1234",
    }).updateResources(),
  );
  expect(connect).toHaveBeenCalled();
  expect(error.message).toMatch(/this process has too many files open \(EMFILE\)$/);
  expect(error.cause).toMatchObject({ code: "EMFILE", sent: false });
  expect(classifyStart(error)).toBe("retry");
});
