import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { authorization, sha256Hex } from "../../src/bdrc/signature.ts";
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

describe("BdrcClient over HTTP", () => {
  it("describes a task with one signed GET", async () => {
    const peer = await peerThat((response) => json(response, { RequestId: "R", Data: TASK }));
    const task = await new BdrcClient(peer.options).describe("t-1");
    expect(task).toEqual({ taskId: "t-1", taskStatus: "RUNNING", progress: 100, percent: 1 });
    expect(peer.seen).toHaveLength(1);
    const { method, url, headers } = peer.seen[0] ?? expect.fail();
    expect([method, url]).toEqual(["GET", "/api/v1/tasks/t-1"]);
    expect(headers).toMatchObject({
      host: `127.0.0.1:${peer.port}`,
      "x-acs-action": "DescribeTask",
      "x-acs-version": "2023-08-08",
      "x-acs-content-sha256": sha256Hex(""),
    });
    expect(headers["x-acs-date"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(headers.authorization).toBe(
      authorization(
        {
          method,
          path: url,
          query: [],
          headers: headers as Record<string, string>,
          payloadSha256: sha256Hex(""),
        },
        KEYS.accessKeyId,
        KEYS.accessKeySecret,
      ),
    );
  });

  it("reads the documentation's own example as running at 1 %", async () => {
    const body = readFileSync(new URL("client-describe-task.json", import.meta.url), "utf8");
    const peer = await peerThat((response) => json(response, body));
    const task = await new BdrcClient(peer.options).describeTask("t-xxxxxxxx");
    expect(task).toMatchObject({ taskStatus: "RUNNING", percent: 1, errorMessage: "too many requests." });
    expect(task.result).toMatchObject({ resourceCounts: [{ count: 2 }, { count: 3 }] });
  });

  it("lists with a query that is sent as it is signed", async () => {
    const peer = await peerThat((response) =>
      json(response, {
        Data: {
          Content: [
            { ...TASK, TaskType: "UPDATE_RESOURCES" },
            { ...TASK, TaskId: "t-2", TaskType: "TEST" },
            { TaskId: "t-3" },
            null,
          ],
          NextToken: "next",
          TotalCount: 4,
        },
      }),
    );
    const page = await new BdrcClient(peer.options).describeTasks({
      taskStatus: "RUNNING",
      taskType: "UPDATE_RESOURCES",
      maxResults: 500,
      nextToken: "cae+/=*~ 699!",
    });
    expect(peer.seen[0]?.url).toBe(
      "/api/v1/tasks?MaxResults=500&NextToken=cae%2B%2F%3D%2A~%20699%21&TaskStatus=RUNNING&TaskType=UPDATE_RESOURCES",
    );
    expect(page.tasks.map((task) => task.taskId)).toEqual(["t-1"]);
    expect(page).toMatchObject({ nextToken: "next", totalCount: 4 });
  });

  it("takes an empty token for the end and an unsaid total for unsaid", async () => {
    const peer = await peerThat((response) => json(response, { Data: { Content: [], NextToken: "" } }));
    expect(await new BdrcClient(peer.options).list({})).toEqual({ tasks: [] });
    expect(peer.seen[0]?.url).toBe("/api/v1/tasks");
  });

  it("starts tasks with a signed form", async () => {
    const peer = await peerThat((response) => json(response, { Data: { TaskId: "t-9" } }));
    const client = new BdrcClient(peer.options);
    expect(await client.checkRules({ resourceArn: "acs:ecs:1:cn:instance/i-1", ruleId: "rule-1" })).toEqual({
      taskId: "t-9",
    });
    expect(await client.updateResources()).toEqual({ taskId: "t-9" });
    const [check, update] = peer.seen;
    expect(check).toMatchObject({
      method: "POST",
      url: "/api/v1/rules/check",
      body: "ResourceArn=acs%3Aecs%3A1%3Acn%3Ainstance%2Fi-1&RuleId=rule-1",
    });
    expect(check?.headers["x-acs-content-sha256"]).toBe(sha256Hex(check?.body ?? ""));
    expect(check?.headers.authorization).toContain("SignedHeaders=content-type;host;");
    expect(update).toMatchObject({ method: "POST", url: "/api/v1/resources/update", body: "" });
    expect(update?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  });

  it("sends an STS token and a key id that are signed", async () => {
    const peer = await peerThat((response) => json(response, { Data: TASK }));
    await new BdrcClient({ ...peer.options, securityToken: "CAIS+token/==" }).describeTask("t-1");
    const { headers } = peer.seen[0] ?? expect.fail();
    expect(headers["x-acs-security-token"]).toBe("CAIS+token/==");
    expect(headers.authorization).toContain("x-acs-accesskey-id;");
    expect(headers.authorization).toContain("x-acs-security-token;");
  });

  it("sends a bearer token without any signature", async () => {
    const peer = await peerThat((response) => json(response, { Data: TASK }));
    await new BdrcClient({ endpoint: peer.origin, bearerToken: "bearer-1" }).describeTask("t-1");
    const { headers } = peer.seen[0] ?? expect.fail();
    expect(headers).toMatchObject({
      "x-acs-bearer-token": "bearer-1",
      "x-acs-signature-type": "BEARERTOKEN",
    });
    expect(headers).not.toHaveProperty("authorization");
  });

  it("keeps its connections for calls that follow each other, and never repeats a nonce", async () => {
    const peer = await peerThat((response) => json(response, { Data: TASK }));
    const client = new BdrcClient(peer.options);
    for (let call = 0; call < 20; call += 1) {
      await client.describe("t-1");
    }
    // A call that follows on the heels of another may find its connection not yet free, and make a second.
    expect(peer.sockets.length).toBeLessThanOrEqual(2);
    expect(new Set(peer.seen.map(({ headers }) => headers["x-acs-signature-nonce"])).size).toBe(20);
    await client.close();
  });

  it("asks for a credential before every call, and once for calls at the same time", async () => {
    const peer = await peerThat((response) => json(response, { Data: TASK }));
    let asked = 0;
    const credential = {
      getCredential: async () => {
        asked += 1;
        return { type: "sts", ...KEYS, securityToken: `token-${asked}` };
      },
    };
    const client = new BdrcClient({ endpoint: peer.origin, credential });
    await client.describe("t-1");
    await client.describe("t-1");
    await Promise.all([client.describe("t-1"), client.describe("t-1")]);
    expect(peer.seen.map(({ headers }) => headers["x-acs-security-token"])).toEqual([
      "token-1",
      "token-2",
      "token-3",
      "token-3",
    ]);
  });

  it("opens new connections when it is used after close", async () => {
    const peer = await peerThat((response) => json(response, { Data: TASK }));
    const client = new BdrcClient(peer.options);
    await client.describe("t-1");
    await client.close();
    await client.describe("t-1");
    await client[Symbol.asyncDispose]();
    expect(peer.sockets).toHaveLength(2);
  });
});

describe("what a client mends", () => {
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
    // The second one's date was the service's, so there is nothing left to mend.
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
