import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { authorization, sha256Hex } from "../../src/openapi/request/signature.ts";
import { type Answer, json, KEYS, type Peer, startPeer, TASK } from "./client-peer.ts";

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
