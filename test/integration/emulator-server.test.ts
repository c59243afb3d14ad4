import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import type { Emulator, RequestRecord } from "../../src/emulator/index.ts";
import { exchangeRaw, poll, signedHeaders } from "./emulator-wire.ts";
import { startedEmulators } from "./started-emulators.ts";

const emulate = startedEmulators({ tasks: [{ taskId: "t-1", durationMs: "never" }] });

describe("the server", () => {
  it("listens on loopback and tells a process all it needs", async () => {
    const { endpoint, env, clientOptions } = await emulate();
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(env).toEqual({
      ALIBABA_CLOUD_PROFILE: "",
      ALIBABACLOUD_PROFILE: "",
      ALICLOUD_PROFILE: "",
      ALIBABA_CLOUD_SECURITY_TOKEN: "",
      ALIBABA_CLOUD_ACCESS_KEY_ID: clientOptions.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: clientOptions.accessKeySecret,
      ALIBABA_CLOUD_REGION_ID: "cn-shanghai",
      ALIBABA_CLOUD_ENDPOINT: endpoint,
    });
  });

  it("sends the headers that the service sends", async () => {
    const { headers } = await poll(await emulate());
    expect(headers).toMatchObject({
      "content-type": "application/json;charset=utf-8",
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "*",
      "x-acs-request-id": expect.stringMatching(/^[0-9A-F-]{36}$/),
      "x-acs-trace-id": expect.stringMatching(/^[0-9a-f]{32}$/),
      date: expect.any(String),
    });
  });

  it("says for how long it keeps a connection", async () => {
    const emulator = await emulate();
    const lines = Object.entries(signedHeaders(emulator)).map(([name, value]) => `${name}: ${value}\r\n`);
    const seen = await exchangeRaw(emulator, `GET /api/v1/tasks/t-1 HTTP/1.1\r\n${lines.join("")}\r\n`);
    expect(seen.toString().toLowerCase()).toContain("keep-alive: timeout=25");
  });

  it("refuses a port that is taken", async () => {
    const { endpoint } = await emulate();
    await expect(emulate({ port: Number(new URL(endpoint).port) })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });

  it("refuses requests that are meant for another host, unless told to take them", async () => {
    const ask = async (emulator: Emulator) => {
      const headers = { ...signedHeaders(emulator), host: "bdrc.cn-shanghai.aliyuncs.com" };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      return (
        await exchangeRaw(emulator, `GET /api/v1/tasks/t-1 HTTP/1.1\r\n${lines.join("")}\r\n`)
      ).toString();
    };
    expect(await ask(await emulate())).toContain("InvalidProduct.NotFound");
    // The signature was made for the other host, so that is the next thing to be wrong.
    expect(await ask(await emulate({ acceptHosts: ["bdrc.cn-shanghai.aliyuncs.com"] }))).toContain(
      "SignatureDoesNotMatch",
    );
  });

  it("refuses a body above a megabyte", async () => {
    const emulator = await emulate();
    const response = await fetch(`${emulator.endpoint}/api/v1/rules/check`, {
      method: "POST",
      body: new Uint8Array(1024 * 1024 + 1),
    });
    expect([response.status, (await response.json()) as object]).toEqual([
      413,
      expect.objectContaining({ Code: "RequestBodyTooLarge" }),
    ]);
  });

  it("keeps a record of each request, without a secret, and logs the same", async () => {
    const logged: RequestRecord[] = [];
    const emulator = await emulate({ keepRequests: 2, log: (record) => logged.push(record) });
    await poll(emulator);
    await poll(emulator);
    await exchangeRaw(emulator, "GET /?secret=1 HTTP/1.1\r\nhost: x\r\n\r\n");
    expect(emulator.requests()).toEqual(logged.slice(1));
    expect(logged[0]).toMatchObject({
      n: 0,
      method: "GET",
      path: "/api/v1/tasks/t-1",
      action: "DescribeTask",
      taskId: "t-1",
      accessKeyId: emulator.clientOptions.accessKeyId,
      httpStatus: 200,
    });
    expect(logged[2]).toMatchObject({ path: "/", httpStatus: 404, code: "InvalidProduct.NotFound" });
    expect(JSON.stringify(logged)).not.toMatch(
      new RegExp(`secret|${emulator.clientOptions.accessKeySecret}`),
    );
  });

  it.each([
    ["oldest", ["t-1", "t-2", "t-10"]],
    ["newest", ["t-12", "t-11", "t-3"]],
  ] as const)("lists the %s first when told so, with tokens as short-lived as told", async (order, shown) => {
    const tasks = [{ taskId: "t", count: 12, durationMs: "never" as const }];
    const emulator = await emulate({ tasks, order, nextTokenMs: 0, totalCount: true });
    await using client = new BdrcClient(emulator.clientOptions);
    const page = await client.describeTasks({ maxResults: 10 });
    const ids = page.tasks.map(({ taskId }) => taskId);
    expect([ids[0], ids[1], ids[9], page.totalCount]).toEqual([...shown, 12]);
    await expect(client.describeTasks({ nextToken: String(page.nextToken) })).rejects.toMatchObject({
      apiCode: "InvalidNextToken",
    });
  });

  it("takes other limits, policies and keys while it runs", async () => {
    const emulator = await emulate();
    const status = async () => (await poll(emulator)).status;
    expect(await status()).toBe(200);
    emulator.setQuota({ perSecond: 0 });
    expect(await status()).toBe(400);
    emulator.setQuota({});
    emulator.setRam({ denied: ["DescribeTask"] });
    expect(await status()).toBe(403);
    emulator.setRam({ denied: [] });
    emulator.keys.remove(emulator.clientOptions.accessKeyId);
    expect(await status()).toBe(404);
  });

  it("gives a place among the calls in flight back when the client hangs up", async () => {
    const emulator = await emulate({
      quota: { concurrency: 1 },
      faults: (_request, n) => (n === 0 ? { kind: "hang", at: "headers" } : undefined),
    });
    await poll(emulator, undefined, 100);
    await expect.poll(() => emulator.counters("DescribeTask").inFlight).toBe(0);
    expect((await poll(emulator)).status).toBe(200);
  });
});

describe("stop()", () => {
  it("is prompt while connections hang, idle and dribble", async () => {
    const emulator = await emulate({
      faults: (_request, n) =>
        (
          [
            { kind: "hang", at: "headers" },
            { kind: "hang", at: "body" },
            { kind: "dribble" },
            { kind: "latency", ms: 60_000 },
          ] as const
        )[n],
    });
    const calls = [0, 1, 2, 3].map(() => poll(emulator, undefined, 20_000));
    const { hostname, port } = new URL(emulator.endpoint);
    const idle = connect(Number(port), hostname);
    idle.on("error", () => {});
    await expect.poll(() => emulator.requests().length).toBe(4);
    const before = performance.now();
    await emulator.stop();
    const broken = await Promise.all(calls);
    expect(performance.now() - before).toBeLessThan(2000);
    expect(broken.map(({ brokenBy }) => brokenBy)).toEqual(Array(4).fill("ECONNRESET"));
    idle.destroy();
  });

  it("can be called twice, and by `await using`", async () => {
    const emulator = await emulate();
    await Promise.all([emulator.stop(), emulator.stop()]);
    await emulator[Symbol.asyncDispose]();
    expect((await poll(emulator)).brokenBy).toBe("ECONNREFUSED");
  });
});

describe("HTTPS", () => {
  const ask = (emulator: Emulator, ca?: string): Promise<number | string> =>
    new Promise((resolve) => {
      httpsRequest(
        `${emulator.endpoint}/api/v1/tasks/t-1`,
        { headers: signedHeaders(emulator), ...(ca === undefined ? {} : { ca }), agent: false },
        (message) => {
          message.resume();
          resolve(message.statusCode ?? 0);
        },
      )
        .on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
        .end();
    });

  it("is served under a certificate that is only good for who trusts it", async () => {
    const emulator = await emulate({ tls: true });
    expect(emulator.endpoint).toMatch(/^https:/);
    expect(await ask(emulator, emulator.certificate)).toBe(200);
    expect(await ask(emulator)).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  it("stops as promptly", async () => {
    const emulator = await emulate({ tls: true });
    const { hostname, port } = new URL(emulator.endpoint);
    const half = connect(Number(port), hostname);
    half.on("error", () => {});
    await new Promise((resolve) => half.once("connect", resolve));
    await emulator.stop();
    half.destroy();
  });
});
