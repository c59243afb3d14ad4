import { Client } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { classifyStart } from "../../src/policy/observe/classify-start.ts";
import { json, type Peer, rejection, startPeer, TASK } from "./client-peer.ts";

const peers: Peer[] = [];

async function peerThat(...answer: Parameters<typeof startPeer>): Promise<Peer> {
  const peer = await startPeer(...answer);
  peers.push(peer);
  return peer;
}

/** As in Bun, whose undici has the classes but not what they do. */
beforeEach(() => {
  Object.defineProperty(Client.prototype, "request", { configurable: true, value: undefined });
});

afterEach(async () => {
  Reflect.deleteProperty(Client.prototype, "request");
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

describe("a client in a runtime without undici's requests", () => {
  it("polls, lists and starts, with signed headers", async () => {
    const peer = await peerThat((response, seen) =>
      json(response, { Data: seen.url.includes("?") ? { Content: [TASK], NextToken: "n" } : TASK }),
    );
    const client = new BdrcClient(peer.options);
    expect(await client.describe("t-1")).toMatchObject({ taskId: "t-1" });
    expect(await client.describeTasks({ maxResults: 10 })).toMatchObject({ nextToken: "n" });
    expect(await client.updateResources({ resourceType: "ACS::OSS::Bucket" })).toEqual({ taskId: "t-1" });
    expect(peer.seen[0]?.headers.host).toBe(`127.0.0.1:${peer.port}`);
    expect(peer.seen[0]?.headers["accept-encoding"]).toBe("identity");
    expect(peer.seen[2]?.body).toBe("ResourceType=ACS%3A%3AOSS%3A%3ABucket");
  });

  it("tells errors as ever: of the API, redirects, refused connections", async () => {
    const peer = await peerThat((response, _, nth) =>
      nth === 1
        ? json(response, { Code: "Throttling.User", Message: "slow down" }, 400, {
            "x-acs-retry-after": "50",
          })
        : response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    );
    const client = new BdrcClient(peer.options);
    expect(await rejection(client.describe("t-1"))).toMatchObject({
      apiCode: "Throttling.User",
      retryAfterMs: 50,
    });
    expect(await rejection(client.describe("t-1"))).toMatchObject({ name: "ProtocolError" });
    const closed = await startPeer(() => undefined);
    await closed.stop();
    expect((await rejection(new BdrcClient(closed.options).describe("t-1"))).message).toMatch(
      /the connection was refused \(ECONNREFUSED\)/,
    );
  });

  it("says of a start without an answer in time that it may have been taken", async () => {
    const peer = await peerThat(() => undefined);
    const client = new BdrcClient({ ...peer.options, callTimeoutMs: 500 });
    const error = await rejection(client.updateResources());
    expect(error.message).toMatch(/no answer within 500 ms$/);
    expect(classifyStart(error)).toBe("unclear");
    expect(peer.seen).toHaveLength(1);
  });

  it("ends a call at its abort", async () => {
    const peer = await peerThat(() => undefined);
    const controller = new AbortController();
    const call = new BdrcClient(peer.options).describe("t-1", { signal: controller.signal });
    call.catch(() => undefined);
    await expect.poll(() => peer.seen.length).toBe(1);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await rejection(call)).toBe(reason);
    // The call's own: Node's `fetch` opens an idle connection in its place at once.
    await expect.poll(() => peer.sockets[0]?.destroyed).toBe(true);
  });
});
