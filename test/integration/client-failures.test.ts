import { getEventListeners } from "node:events";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
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

describe("answers that are not as documented", () => {
  it.each<[string, unknown, string]>([
    ["no Data", { RequestId: "R" }, "Data is missing"],
    ["Data of a wrong type", { Data: "x" }, 'Data must be an object, got "x"'],
    ["Data as a list", { Data: [1, 2] }, "Data must be an object, got an array of 2"],
    ["a task without a status", { Data: { TaskId: "t-1" } }, "Data.TaskStatus is missing"],
    [
      "a status that is a number",
      { Data: { TaskId: "t-1", TaskStatus: 7 } },
      "Data.TaskStatus must be a non-empty string, got 7",
    ],
    [
      "a status that is an object",
      { Data: { TaskId: "t-1", TaskStatus: {} } },
      "Data.TaskStatus must be a non-empty string, got an object",
    ],
    ["another task", { Data: { ...TASK, TaskId: "t-2" } }, 'Data.TaskId is of another task, "t-2"'],
    [
      "a list",
      [1],
      'expected the API\'s JSON, got "[1]" (HTTP 200, content type "application/json;charset=utf-8")',
    ],
    ["null", "null", 'expected the API\'s JSON, got "null"'],
    ["nothing", "", "expected the API's JSON, got an empty body (HTTP 200"],
    ["half a JSON", '{"Data":{"TaskId":"t-', 'got "{"Data":{"TaskId":"t-"'],
  ])("are protocol errors that name the path: %s", async (_, body, message) => {
    const error = await described(await peerThat((response) => json(response, body)));
    expect(error).toMatchObject({ name: "ProtocolError", taskId: "t-1" });
    expect(error.message).toMatch(/^DescribeTask of "t-1" was not answered as documented: /);
    expect(error.message).toContain(message);
  });

  it("shows 80 harmless characters of a page that is not JSON, with status and type", async () => {
    const page = `<html>\u001b[31m${"x".repeat(5000)}</html>`;
    const error = await described(
      await peerThat((response) => {
        response.writeHead(502, { "content-type": "text/html" }).end(page);
      }),
    );
    expect(error.name).toBe("ProtocolError");
    expect(error.message).toContain('(HTTP 502, content type "text/html")');
    expect(error.message).toContain('"<html>\\u{1b}[31mxxx');
    expect(error.message.length).toBeLessThan(250);
    expect(error.message).not.toContain("\u001b");
  });

  it.each([301, 302, 307, 308])("never follow a redirect, HTTP %i", async (status) => {
    const elsewhere = await peerThat((response) => json(response, { Data: TASK }));
    const error = await described(
      await peerThat((response) => {
        response.writeHead(status, { location: elsewhere.origin }).end();
      }),
    );
    expect(error).toMatchObject({ name: "ProtocolError" });
    expect(error.message).toBe(
      `DescribeTask of "t-1" was answered with HTTP ${status}: redirects are not followed`,
    );
    expect(elsewhere.seen).toHaveLength(0);
  });

  it.each([null, {}])("mean an unknown task when Data is %j", async (Data) => {
    const error = await described(await peerThat((response) => json(response, { RequestId: "R", Data })));
    expect(error).toMatchObject({ name: "TaskNotFoundError", taskId: "t-1" });
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("may come as %s although that was not asked for", async (encoding, compress) => {
    const peer = await peerThat((response) => {
      response.writeHead(200, { "content-encoding": encoding });
      response.end(compress(JSON.stringify({ Data: TASK })));
    });
    expect(await new BdrcClient(peer.options).describe("t-1")).toMatchObject({ taskStatus: "RUNNING" });
    expect(peer.seen[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it.each([
    ["gzip", "no gzip at all", 'a body that is not "gzip"'],
    ["zstd", "x", 'an encoding that was not asked for: "zstd"'],
    ["gzip, gzip", "x", 'an encoding that was not asked for: "gzip, gzip"'],
  ])("may not come as broken %s", async (encoding, body, message) => {
    const error = await described(
      await peerThat((response) => {
        response.writeHead(200, { "content-encoding": encoding }).end(body);
      }),
    );
    expect(error.name).toBe("ProtocolError");
    expect(error.message).toContain(message);
  });

  it("are cut off at 1 MiB, and the connection with them", async () => {
    const peer = await peerThat((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = Buffer.alloc(65_536, 32);
      const pour = () => {
        while (!response.destroyed && response.write(chunk)) {}
      };
      response.on("drain", pour);
      pour();
    });
    const error = await described(peer);
    expect(error.message).toBe('DescribeTask of "t-1" was answered with more than 1 MiB');
    await expect.poll(() => peer.sockets.every((socket) => socket.destroyed)).toBe(true);
  });

  it("are cut off at 1 MiB after decoding, too", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 32));
    const error = await described(
      await peerThat((response) => {
        response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
      }),
    );
    expect(error.message).toBe('DescribeTask of "t-1" was answered with more than 1 MiB');
  });

  it("may be up to 16 MiB for a listing", async () => {
    const Content = Array.from({ length: 500 }, (_, n) => ({
      ...TASK,
      TaskId: `t-${n}`,
      TaskResult: "x".repeat(20_000),
    }));
    const peer = await peerThat((response) => json(response, { Data: { Content } }));
    const page = await new BdrcClient(peer.options).describeTasks({ maxResults: 500 });
    expect(page.tasks).toHaveLength(500);
  });

  it.each<[string, unknown, string]>([
    ["no Content", {}, "Data.Content is missing"],
    ["Content of a wrong type", { Content: 7 }, "Data.Content is of the wrong type, got 7"],
    ["a token of a wrong type", { Content: [], NextToken: 7 }, "Data.NextToken is of the wrong type, got 7"],
    ["no Data", null, "Data must be an object, got null"],
  ])("are protocol errors in a listing: %s", async (_, Data, message) => {
    const peer = await peerThat((response) => json(response, { Data }));
    const error = await rejection(new BdrcClient(peer.options).describeTasks());
    expect(error.name).toBe("ProtocolError");
    expect(error.message).toBe(`DescribeTasks was not answered as documented: ${message}`);
  });

  it("are protocol errors when a start gives no id", async () => {
    const peer = await peerThat((response) => json(response, { Data: { TaskId: "" } }));
    const error = await rejection(new BdrcClient(peer.options).updateResources());
    expect(error.message).toContain("Data.TaskId is of the wrong type");
  });

  it("survive JSON nested deeper than the stack", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const body = `{"Data":{"TaskId":"t-1","TaskStatus":${deep}}}`;
    const error = await described(await peerThat((response) => json(response, body)));
    expect(error.name).toBe("ProtocolError");
  });

  it("are told from HTTP that is none", async () => {
    const error = await described(await rawPeerThat((socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n")));
    expect(error.name).toBe("ProtocolError");
    expect(error.message).toMatch(
      /got an answer from 127\.0\.0\.1:\d+ that is not HTTP: Response does not match/,
    );
    expect(error.cause).toBeUndefined();
  });
});

describe("errors that the service answers", () => {
  it("carry status, code, request and the time to wait", async () => {
    const body = {
      Code: "Throttling.User",
      Message: "Request was denied due to user flow control.",
      RequestId: "R-1",
    };
    const error = await described(
      await peerThat((response) =>
        json(response, body, 400, { "x-acs-retry-after": "1500", "retry-after": "9" }),
      ),
    );
    expect(error).toMatchObject({
      name: "BdrcApiError",
      httpStatus: 400,
      apiCode: "Throttling.User",
      requestId: "R-1",
      retryAfterMs: 1500,
      resend: false,
      taskId: "t-1",
    });
    expect(error.message).toBe(
      'DescribeTask of "t-1" failed: Throttling.User: Request was denied due to user flow control. (HTTP 400, request R-1)',
    );
  });

  it("may come with 200", async () => {
    const error = await described(
      await peerThat((response) => json(response, { Code: "NoPermission", Message: "no" }, 200)),
    );
    expect(error).toMatchObject({ name: "BdrcApiError", httpStatus: 200, apiCode: "NoPermission" });
  });

  it("may come in lower case, and without a code", async () => {
    const lower = await described(
      await peerThat((response) =>
        json(response, { code: "Forbidden.RAM", message: "m", requestId: "r" }, 403),
      ),
    );
    expect(lower).toMatchObject({ apiCode: "Forbidden.RAM", requestId: "r" });
    const bare = await described(
      await peerThat((response) => json(response, { Message: "m" }, 500, { "x-acs-request-id": "R-2" })),
    );
    expect(bare).toMatchObject({ name: "BdrcApiError", apiCode: "HTTP500", requestId: "R-2" });
  });

  it("may be no more than a header that asks to wait", async () => {
    const error = await described(
      await peerThat((response) => {
        response.writeHead(503, { "retry-after": "2" }).end("<html>busy</html>");
      }),
    );
    expect(error).toMatchObject({
      name: "BdrcApiError",
      httpStatus: 503,
      apiCode: "HTTP503",
      retryAfterMs: 2000,
    });
  });
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

  it("from a credential that hangs says that it was the credential, and the next call asks anew", async () => {
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
