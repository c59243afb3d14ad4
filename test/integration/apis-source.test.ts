import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { defineTaskApi } from "../../src/apis/declared-api.ts";
import type { TaskApi } from "../../src/apis/format/task-api.ts";
import { presets } from "../../src/apis/presets.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { isAccessDeniedError } from "../../src/task/errors.ts";
import type { TaskSource } from "../../src/task/source.ts";
import { waitForTask } from "../../src/wait/wait-for-task.ts";
import { startService } from "./apis-answering.ts";
import { KEYS, type Peer, startPeer } from "./client-peer.ts";

const SECRET = "sk-0123456789abcdef-nobody-may-see";
const ID = "task-1";
const SET = {
  functionName: "resize",
  siteId: "1234",
  sourceType: "ECS_FILE",
  restoreType: "ECS_FILE",
} as const;
const GOALS: Readonly<Record<string, string>> = {
  "ecs-instance": "Running",
  "rds-instance": "Running",
  "ack-cluster": "running",
};

const peers: Peer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function service(api: TaskApi, states: readonly string[]): Promise<Peer> {
  const peer = await startService(api, ID, states);
  peers.push(peer);
  return peer;
}

function optionsFor(api: TaskApi, endpoint: string): Parameters<typeof taskApiSource>[1] & object {
  const needed = JSON.stringify(api.request);
  const set = Object.fromEntries(Object.entries(SET).filter(([name]) => needed.includes(`{${name}}`)));
  const until = GOALS[api.name];
  return {
    endpoint,
    ...(api.request.style === "http" ? { apiKey: SECRET } : { ...KEYS, regionId: "cn-hangzhou" }),
    set,
    ...(until === undefined ? {} : { until }),
  };
}

function waitOn(api: TaskApi, peer: Peer): ReturnType<typeof waitForTask> {
  const { set = {}, until, ...client } = optionsFor(api, peer.origin);
  return waitForTask(ID, {
    api,
    client,
    ...(Object.keys(set).length === 0 ? {} : { set }),
    ...(until === undefined ? {} : { until }),
    minIntervalMs: 1,
    maxIntervalMs: 2,
    notFoundGraceMs: 0,
    timeout: "20s",
  });
}

const ALL = Object.values(presets);

/** The declaration without its listing, of which one page may be asked for on the way: a count of calls is one of polls. */
function unlisted({ list: _, ...api }: TaskApi): TaskApi {
  return defineTaskApi(api);
}

/** The ends that the examples show. A state of a resource completes only as `until` says. */
function endingsOf(api: TaskApi): readonly string[] {
  const shown = new Set<string>(api.examples?.map(({ state }) => state));
  return ["complete", "failed", "canceled", "expired", "notFound", "denied"].filter(
    (state) => shown.has(state) && !(state === "complete" && GOALS[api.name] !== undefined),
  );
}

describe("a wait on each declaration that comes with the package, over HTTP", () => {
  test("completes, fails, is canceled, expires, is not found, or is denied, as its service says", async () => {
    const wrong: string[] = [];
    await Promise.all(
      ALL.flatMap((api) =>
        endingsOf(api).map(async (state) => {
          const peer = await service(api, ["running", state]);
          const { kind } = await waitOn(api, peer).outcome;
          if (kind !== state) {
            wrong.push(`${api.name}: ${state} ended as ${kind}`);
          }
        }),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("goes on after it was throttled", async () => {
    const wrong: string[] = [];
    await Promise.all(
      ALL.filter(({ name }) => GOALS[name] === undefined).map(async (api) => {
        const peer = await service(api, ["throttled", "running", "complete"]);
        const { kind } = await waitOn(unlisted(api), peer).outcome;
        if (kind !== "complete" || peer.seen.length !== 3) {
          wrong.push(`${api.name}: ${kind} after ${peer.seen.length} calls`);
        }
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("sends what the service's client sends: signed, with its version, or with a key", async () => {
    for (const api of ALL) {
      const peer = await service(api, ["running"]);
      await taskApiSource(api, optionsFor(api, peer.origin))
        .describe(ID, {})
        .catch(() => undefined);
      const [seen] = peer.seen;
      if (api.request.style === "http") {
        expect(seen?.headers["authorization"], api.name).toBe(`Bearer ${SECRET}`);
      } else {
        const { action, version } = api.request;
        expect(seen?.headers, api.name).toMatchObject({ "x-acs-action": action, "x-acs-version": version });
        expect(seen?.headers["authorization"], api.name).toMatch(/^ACS3-HMAC-SHA256 Credential=/);
      }
      expect(decodeURIComponent(seen?.url ?? ""), api.name).toContain(
        api.name === "esa-purge" ? SET.siteId : ID,
      );
    }
  });
});

describe("a key", () => {
  const { dashscope } = presets;

  test("never follows a redirect", async () => {
    const thief = await startPeer((response) => response.end("{}"));
    const peer = await startPeer((response) => response.writeHead(302, { location: thief.origin }).end());
    peers.push(thief, peer);
    await expect(
      taskApiSource(dashscope, { endpoint: peer.origin, apiKey: SECRET }).describe(ID, {}),
    ).rejects.toThrow(/redirects are not followed/);
    expect(thief.seen).toEqual([]);
  });

  test("goes to no host but those that the declaration names", async () => {
    const lro = defineTaskApi({
      name: "lro",
      request: { style: "http", url: "{+id}", hosts: ["*.azure.com"], auth: { bearer: "LRO_KEY" } },
      task: { status: "status", states: { complete: ["Succeeded"] } },
    });
    const source = taskApiSource(lro, { apiKey: SECRET });
    const elsewhere = [
      "https://azure.com.example.com/op",
      "https://example.com/?x=.azure.com",
      "https://me@a.azure.com/op",
      "https://a.azure.com:8443/op",
      "http://a.azure.com/op",
      "https://azure.com/op",
      "//a.azure.com/op",
      "file:///etc/passwd",
    ];
    for (const url of elsewhere) {
      await expect(source.describe(url, {}), url).rejects.toMatchObject({ code: "INVALID_OPTION" });
    }
    for (const endpoint of ["https://example.com", "http://10.0.0.1"]) {
      expect(() => taskApiSource(dashscope, { endpoint, apiKey: SECRET }), endpoint).toThrow(/endpoint/);
    }
  });

  test("reaches no proxy on the way to this machine", async () => {
    const proxy = await startPeer((response) => response.end("{}"));
    const peer = await service(dashscope, ["running"]);
    peers.push(proxy);
    const source = taskApiSource(dashscope, { endpoint: peer.origin, proxy: proxy.origin, apiKey: SECRET });
    await expect(source.describe(ID, {})).resolves.toMatchObject({ taskStatus: "RUNNING" });
    expect(proxy.seen).toEqual([]);
  });

  test("is not told to a proxy on the way to its service", async () => {
    let heard = "";
    const proxy = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        heard += bytes.toString("latin1");
        // It says that the way is free, and is no TLS service: what follows must be sealed.
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        setImmediate(() => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"));
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    const source = taskApiSource(dashscope, { proxy: `http://127.0.0.1:${port}`, apiKey: SECRET });
    await expect(source.describe(ID, {})).rejects.toThrow(/dashscope/);
    await source.close();
    proxy.close();
    expect(heard).toMatch(/^CONNECT dashscope\.aliyuncs\.com:443 /);
    expect(heard).not.toContain(SECRET);
  });

  test("is in no error and no task, though the service echoes it", async () => {
    const echo = await startPeer((response, { headers }, nth) => {
      const text = String(headers["authorization"]);
      response.writeHead(nth === 1 ? 400 : 200, { "content-type": "application/json" });
      const output = { task_id: ID, task_status: "FAILED", code: text, message: text };
      response.end(JSON.stringify(nth === 1 ? { code: text, message: text } : { output }));
    });
    peers.push(echo);
    const source = taskApiSource(dashscope, { endpoint: echo.origin, apiKey: SECRET });
    const error: unknown = await source.describe(ID, {}).catch((thrown: unknown) => thrown);
    const task = await source.describe(ID, {});
    expect(`${String(error)} ${JSON.stringify(error)} ${JSON.stringify(task)}`).not.toContain(SECRET);
  });

  test("that is missing is named, before any call", async () => {
    const peer = await service(dashscope, ["running"]);
    delete process.env["DASHSCOPE_API_KEY"];
    const error: unknown = await taskApiSource(dashscope, { endpoint: peer.origin })
      .describe(ID, {})
      .catch((thrown: unknown) => thrown);
    expect(error).toSatisfy(isAccessDeniedError);
    expect(String(error)).toContain("dashscope needs a key: set the environment variable DASHSCOPE_API_KEY");
    expect(peer.seen).toEqual([]);
  });
});

describe("options of a declared API", () => {
  const { fcTask, ecsInstance, rosStack } = {
    fcTask: presets["fc-task"],
    ecsInstance: presets["ecs-instance"],
    rosStack: presets["ros-stack"],
  };

  test.each([
    [() => taskApiSource(fcTask), /fc-task: set\.functionName is missing \(--set functionName=…\)/],
    [
      () => taskApiSource(fcTask, { set: { functionNane: "x" } }),
      /set has "functionNane".*did you mean "functionName"\?/,
    ],
    [() => taskApiSource(fcTask, { set: { functionName: "" } }), /set\.functionName must be a text/],
    [() => taskApiSource(ecsInstance), /ecs-instance has no word for success, so until must be given/],
    [
      () => taskApiSource(ecsInstance, { until: "Runing" }),
      /until: "Runing" is no word of ecs-instance; did you mean "Running"\?/,
    ],
    [() => taskApiSource(ecsInstance, { until: [] }), /until must be a word or a list of words/],
    [() => taskApiSource(rosStack, { apiKey: "x" }), /apiKey is for APIs that take a key/],
    [
      () => taskApiSource(rosStack, { regionID: "x" } as never),
      /unknown option "regionID"; did you mean "regionId"\?/,
    ],
    [() => waitForTask(ID, { until: "gone" }), /until is for declared APIs, so api must be given, too/],
    [() => waitForTask(ID, { api: { ...rosStack } }), /api must come from defineTaskApi\(\)/],
    [() => waitForTask(ID, { api: rosStack, source: {} as TaskSource }), /give api or source, not both/],
    [() => waitForTask("", { api: rosStack }), /taskId must not be empty/],
    [() => waitForTask(" a", { api: rosStack }), /without blanks at its ends/],
    [() => waitForTask("a\u0007", { api: rosStack }), /taskId must be printable characters/],
  ])("that can't be used are refused at once: %#", (make, message) => {
    expect(make).toThrow(message);
  });

  test("that would leave their place in a path are refused before any call", async () => {
    const api = defineTaskApi({
      name: "video",
      request: { style: "http", url: "https://127.0.0.1/jobs/{id}" },
      task: { status: "state", states: { complete: ["done"] } },
    });
    const source = taskApiSource(api);
    await expect(source.describe("..", {})).rejects.toThrow(/would leave its place in the path/);
    await expect(source.describe(".", {})).rejects.toThrow(/would leave its place in the path/);
  });

  test("name a region where the API needs one", async () => {
    const { ALIBABA_CLOUD_REGION_ID: kept } = process.env;
    delete process.env["ALIBABA_CLOUD_REGION_ID"];
    try {
      await expect(taskApiSource(rosStack, KEYS).describe(ID, {})).rejects.toThrow(
        /needs \{region\}: give a region/,
      );
    } finally {
      if (kept !== undefined) {
        process.env["ALIBABA_CLOUD_REGION_ID"] = kept;
      }
    }
  });

  test("encode an id as one segment of a path", async () => {
    const peer = await startPeer((response) => response.end('{"state":"done"}'));
    peers.push(peer);
    const api = defineTaskApi({
      name: "video",
      request: { style: "http", url: "https://api.example.com/jobs/{id}/state?as={id}" },
      task: { status: "state", states: { complete: ["done"] } },
    });
    await taskApiSource(api, { endpoint: peer.origin }).describe("a/b?c=d&é%2e", {});
    expect(peer.seen[0]?.url).toBe("/jobs/a%2Fb%3Fc%3Dd%26%C3%A9%252e/state?as=a%2Fb%3Fc%3Dd%26%C3%A9%252e");
  });
});

describe("a declared API", () => {
  test("waits until a resource is gone", async () => {
    const peer = await service(presets["ecs-instance"], ["running", "notFound"]);
    const task = await waitForTask(ID, {
      api: presets["ecs-instance"],
      client: { endpoint: peer.origin, regionId: "cn-hangzhou", ...KEYS },
      until: "gone",
      minIntervalMs: 1,
      maxIntervalMs: 2,
    });
    expect(task).toMatchObject({ taskStatus: "COMPLETE", serviceStatus: "gone" });
  });

  test("takes a 404 for gone, too, and no other error", async () => {
    const { rosStack } = { rosStack: presets["ros-stack"] };
    const peer = await service(rosStack, ["denied", "notFound"]);
    const source = taskApiSource(rosStack, {
      ...KEYS,
      regionId: "cn-hangzhou",
      endpoint: peer.origin,
      until: "gone",
    });
    await expect(source.describe(ID, {})).rejects.toMatchObject({ apiCode: "NoPermission" });
    await expect(source.describe(ID, {})).resolves.toMatchObject({
      taskStatus: "COMPLETE",
      serviceStatus: "gone",
    });
  });

  test("asks for many ids in one call", async () => {
    const api = presets["rds-task"];
    const peer = await startPeer((response, { url }) => {
      const asked = new URL(url, "http://x").searchParams.get("TaskId")?.split(",") ?? [];
      const items = asked.filter((id) => id !== "t-2").map((TaskId) => ({ TaskId, Status: "Running" }));
      response.end(JSON.stringify({ Items: items.reverse() }));
    });
    peers.push(peer);
    const source = taskApiSource(api, { ...KEYS, regionId: "cn-hangzhou", endpoint: peer.origin });
    expect(source.maxIds).toBe(30);
    const tasks = await source.describeMany?.(["t-1", "t-2", "t-3"], {});
    expect(tasks?.map(({ taskId }) => taskId)).toEqual(["t-1", "t-3"]);
    expect(peer.seen).toHaveLength(1);
  });

  test("finds a task by all digits of a numeric id, with a key and signed", async () => {
    const id = "12345678901234567891";
    const video = defineTaskApi({
      name: "video",
      request: { style: "http", url: "https://api.example.com/jobs/{id}" },
      task: { id: "id", status: "state", states: { complete: ["done"] } },
    });
    const peer = await startPeer((response, { url }) => {
      const listed = url.includes("TaskId");
      response.end(
        listed ? `{"Items":[{"TaskId":${id},"Status":"Running"}]}` : `{"id":${id},"state":"done"}`,
      );
    });
    peers.push(peer);
    const options = { endpoint: peer.origin };
    await expect(taskApiSource(video, options).describe(id, {})).resolves.toMatchObject({
      taskResult: `{"id":${id},"state":"done"}`,
    });
    const signed = { ...options, ...KEYS, regionId: "cn-hangzhou" };
    await expect(taskApiSource(presets["rds-task"], signed).describe(id, {})).resolves.toMatchObject({
      taskId: id,
    });
  });

  test("shares one waiter among waits that ask the same", async () => {
    const api = unlisted(presets.dashscope);
    const peer = await service(api, ["running", "complete"]);
    const options = {
      api,
      client: { endpoint: peer.origin, apiKey: SECRET },
      minIntervalMs: 1,
      maxIntervalMs: 2,
    };
    const waits = [waitForTask(ID, options), waitForTask(ID, { ...options, client: { ...options.client } })];
    await Promise.all(waits);
    expect(peer.seen).toHaveLength(2);
  });

  test("is named in a checkpoint, which no other declaration resumes", async () => {
    const { dashscope } = presets;
    const peer = await service(dashscope, ["running"]);
    const client = { endpoint: peer.origin, apiKey: SECRET };
    const wait = waitForTask(ID, { api: dashscope, client });
    const ended = wait.catch(() => undefined);
    await new Promise((resolve) => wait.once("poll", resolve));
    const checkpoint = JSON.parse(JSON.stringify(wait.checkpoint())) as ReturnType<typeof wait.checkpoint>;
    wait.abandon();
    await ended;
    expect(checkpoint).toMatchObject({ version: 2, api: { name: "dashscope" } });
    const other = { ...dashscope, task: { ...dashscope.task, states: { complete: ["FAILED"] } } };
    expect(() => waitForTask(ID, { api: defineTaskApi(other), client, resume: checkpoint })).toThrow(
      /the declaration of the API "dashscope" has changed since the checkpoint/,
    );
    expect(() => waitForTask(ID, { api: presets["dashscope-intl"], client, resume: checkpoint })).toThrow(
      /the checkpoint is of the API "dashscope", the wait is for the API "dashscope-intl"/,
    );
    expect(() => waitForTask(ID, { client: KEYS, resume: checkpoint })).toThrow(
      /the wait is for no declared API/,
    );
    const again = waitForTask(ID, {
      api: defineTaskApi({ ...dashscope, limits: {} }),
      client,
      resume: checkpoint,
    });
    again.abandon();
    await again.catch(() => undefined);
  });
});

test("a service that closes the connection is an outage, not an end", async () => {
  const server = createServer((request) => request.socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const wait = waitForTask(ID, {
    api: presets.dashscope,
    client: { endpoint, apiKey: SECRET },
    outageBudgetMs: 0,
    minIntervalMs: 1,
  });
  expect((await wait.outcome).kind).toBe("unreachable");
  server.close();
});
