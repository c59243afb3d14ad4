import { afterEach, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { classifyError } from "../../src/policy/observe/classify-error.ts";
import { json, KEYS, type Peer, rejection, startPeer, TASK } from "./client-peer.ts";

const peers: Peer[] = [];

async function clientOf(
  ...answer: Parameters<typeof startPeer>
): Promise<BdrcClient & { readonly peer: Peer }> {
  const peer = await startPeer(...answer);
  peers.push(peer);
  return Object.assign(new BdrcClient(peer.options), { peer });
}

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

describe("what a service says is bounded", () => {
  it.each([
    1_800_000_000_000_000,
    1_800_000_000_000,
    8.64e15,
    1e300,
    "1800000000000000",
    -5,
    253_402_300_800,
  ])("a time of %s is none, in a poll and in a page", async (time) => {
    const Data = { ...TASK, StartTime: time, CompleteTime: time, ExpireTime: time };
    const client = await clientOf((response, { url }) =>
      json(response, { Data: url.includes("tasks/") ? Data : { Content: [Data] } }),
    );
    const [listed] = (await client.describeTasks()).tasks;
    for (const task of [await client.describe("t-1"), listed]) {
      expect(task).toMatchObject({ taskId: "t-1" });
      expect(task).not.toHaveProperty("startTime");
      expect(task).not.toHaveProperty("completeTime");
      expect(task).not.toHaveProperty("expireTime");
    }
  });

  it("a page has at most 500 tasks", async () => {
    const client = await clientOf((response, _, nth) =>
      json(response, { Data: { Content: Array.from({ length: nth === 1 ? 500 : 100_000 }, () => TASK) } }),
    );
    expect((await client.describeTasks()).tasks).toHaveLength(500);
    expect(await rejection(client.describeTasks())).toMatchObject({
      name: "ProtocolError",
      message: "DescribeTasks was not answered as documented: Data.Content has 100000 tasks, more than 500",
    });
  });

  it("a token of 8,000 characters goes back as it came, one beyond 65,536 is refused", async () => {
    const token = "+/=~ %&\u00e9".repeat(800);
    const client = await clientOf((response, _, nth) =>
      json(response, {
        Data: { Content: [], NextToken: nth < 3 ? token.slice(0, 5000) : "x".repeat(65_537) },
      }),
    );
    const { nextToken = "" } = await client.describeTasks();
    await client.describeTasks({ nextToken });
    const sent = new URL(client.peer.seen[1]?.url ?? "", "http://x").searchParams.get("NextToken");
    expect(sent).toBe(token.slice(0, 5000));
    expect(await rejection(client.describeTasks())).toMatchObject({
      message: "DescribeTasks was not answered as documented: Data.NextToken has 65537 characters",
    });
  });

  it("a task may have a result of 15 MiB; beyond 16 MiB the error is permanent", async () => {
    const client = await clientOf((response, _, nth) =>
      json(response, {
        Data: { ...TASK, TaskStatus: "COMPLETE", TaskResult: "x".repeat((nth === 1 ? 15 : 17) << 20) },
      }),
    );
    expect((await client.describe("t-1")).taskResult).toHaveLength(15 << 20);
    const error = await rejection(client.describe("t-1"));
    expect(error).toMatchObject({ name: "ProtocolError", permanent: true });
    expect(error.message).toBe('DescribeTask of "t-1" was answered with more than 16 MiB');
    expect(classifyError(error)).toBe("permanent");
  });
});

describe("a secret that the service echoes", () => {
  const TOKEN = "CAISecho/Test+Token/abcdefghijklmnop==";
  const ECHOES: Readonly<Record<string, string>> = {
    "a header": `x-acs-security-token: ${TOKEN}`,
    "percent-encoded": encodeURIComponent(TOKEN).toLowerCase(),
    "with escaped slashes": TOKEN.replaceAll("/", "\\/"),
    "with entities": TOKEN.replaceAll("+", "&#43;").replaceAll("/", "&#x2f;"),
    "in unicode escapes": TOKEN.replaceAll("/", "\\u002f").replaceAll("+", "\\u002B"),
    "in Base64": Buffer.from(`Authorization: ${TOKEN}`).toString("base64"),
  };

  it.each(Object.entries(ECHOES))("in a task's own fields is hidden: %s", async (_, echo) => {
    const peer = await startPeer((response) =>
      json(response, {
        Data: {
          ...TASK,
          ErrorMessage: `refused ${echo} here`,
          TaskName: echo,
          TaskResult: JSON.stringify({ seen: echo, count: 2 }),
        },
      }),
    );
    peers.push(peer);
    const task = await new BdrcClient({ ...peer.options, ...KEYS, securityToken: TOKEN }).describe("t-1");
    expect(JSON.stringify(task)).not.toContain(echo);
    expect(JSON.stringify(task)).not.toContain(JSON.stringify(echo).slice(1, -1));
    expect(task.errorMessage).toMatch(/^refused .*\[hidden\] here$/);
    expect(task.result).toMatchObject({ count: 2 });
  });

  it.each(Object.entries(ECHOES))("in an error of the API is hidden: %s", async (_, echo) => {
    const peer = await startPeer((response) =>
      json(response, { Code: "InvalidParameter", Message: `refused ${echo} here`, RequestId: echo }, 400),
    );
    peers.push(peer);
    const client = new BdrcClient({ ...peer.options, ...KEYS, securityToken: TOKEN });
    const error = await rejection(client.describe("t-1"));
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(echo);
    expect(error.message).toContain("[hidden]");
  });
});
