import { afterEach, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { type Answer, json, KEYS, type Peer, rejection, startPeer, TASK } from "./client-peer.ts";

const peers: Peer[] = [];

async function peerThat(answer: Answer): Promise<Peer> {
  const peer = await startPeer(answer);
  peers.push(peer);
  return peer;
}

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

describe("what a client corrects", () => {
  const expired = { Code: "InvalidTimeStamp.Expired", Message: "Specified time stamp is expired." };
  const anHourAhead = () => new Date(Date.now() + 3_600_000).toUTCString();

  it("takes the service's time after a refused date, and sends a read once more", async () => {
    const peer = await peerThat((response, seen) => {
      const early = Date.parse(String(seen.headers["x-acs-date"])) < Date.now() + 3_000_000;
      json(response, early ? expired : { Data: TASK }, early ? 400 : 200, { date: anHourAhead() });
    });
    const client = new BdrcClient(peer.options);
    expect(await client.describeTask("t-1")).toMatchObject({ taskId: "t-1" });
    expect(peer.seen).toHaveLength(2);
    await client.describeTask("t-1");
    expect(peer.seen).toHaveLength(3);
  });

  it("sends nothing more when the service's time is what the date said", async () => {
    const peer = await peerThat((response) => json(response, expired, 400));
    const error = await rejection(new BdrcClient(peer.options).describeTask("t-1"));
    expect(error).toMatchObject({ apiCode: "InvalidTimeStamp.Expired", resend: false });
    expect(peer.seen).toHaveLength(1);
  });

  it("sends once more at most", async () => {
    const used = { Code: "SignatureNonceUsed", Message: "Specified signature nonce was used already." };
    const peer = await peerThat((response) => json(response, used, 400));
    const client = new BdrcClient(peer.options);
    expect(await rejection(client.describeTask("t-1"))).toMatchObject({ resend: true });
    expect(peer.seen).toHaveLength(2);
    expect(new Set(peer.seen.map(({ headers }) => headers["x-acs-signature-nonce"])).size).toBe(2);
  });

  it("leaves sending again to the wait when it is a wait's source", async () => {
    const peer = await peerThat((response) => json(response, expired, 400, { date: anHourAhead() }));
    const client = new BdrcClient(peer.options);
    expect(await rejection(client.describe("t-1"))).toMatchObject({ name: "BdrcApiError", resend: true });
    expect(peer.seen).toHaveLength(1);
  });

  it("tells all calls that were refused together for their date to go again", async () => {
    const held: Array<() => void> = [];
    const peer = await peerThat((response) => {
      held.push(() => json(response, expired, 400, { date: anHourAhead() }));
      if (held.length === 3) {
        for (const release of held) {
          release();
        }
      }
    });
    const client = new BdrcClient(peer.options);
    const errors = await Promise.all(["t-1", "t-2", "t-3"].map((id) => rejection(client.describe(id))));
    expect(errors.map((error) => error["resend"])).toEqual([true, true, true]);
  });

  it.each([
    ["InvalidTimeStamp.Expired", 2],
    ["SignatureNonceUsed", 1],
    ["Throttling.User", 1],
    ["InternalError", 1],
  ])("sends a start that was refused as %s %i time(s)", async (Code, times) => {
    const peer = await peerThat((response) => json(response, { Code }, 400, { date: anHourAhead() }));
    await rejection(new BdrcClient(peer.options).updateResources());
    // The second one's date was the service's, so there is nothing left to correct.
    expect(peer.seen).toHaveLength(times);
  });

  it("asks for a new token when the service refuses the one it has", async () => {
    let asked = 0;
    const credential = {
      getCredential: async () => {
        asked += 1;
        return { ...KEYS, securityToken: asked === 1 ? "old-token" : "new-token" };
      },
    };
    const peer = await peerThat((response, seen) => {
      const old = seen.headers["x-acs-security-token"] === "old-token";
      json(response, old ? { Code: "InvalidSecurityToken.Expired" } : { Data: TASK }, old ? 400 : 200);
    });
    await new BdrcClient({ endpoint: peer.origin, credential }).describeTask("t-1");
    expect(peer.seen).toHaveLength(2);
  });

  it("gives up at once when the refused token is the only one", async () => {
    const peer = await peerThat((response) => json(response, { Code: "InvalidSecurityToken.Expired" }, 400));
    const error = await rejection(
      new BdrcClient({ ...peer.options, securityToken: "only-token" }).describeTask("t-1"),
    );
    expect(error).toMatchObject({ apiCode: "InvalidSecurityToken.Expired", resend: false });
    expect(peer.seen).toHaveLength(1);
  });
});
