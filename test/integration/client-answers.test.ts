import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { type Answer, json, type Peer, rejection, startPeer, startRawPeer, TASK } from "./client-peer.ts";

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

  it.each([
    [301, true],
    [302, undefined],
    [307, undefined],
    [308, true],
  ])(
    "never follow a redirect, HTTP %i, and say where it leads, without its query",
    async (status, permanent) => {
      const elsewhere = await peerThat((response) => json(response, { Data: TASK }));
      const error = await described(
        await peerThat((response) => {
          response.writeHead(status, { location: `${elsewhere.origin}/new/?token=1` }).end();
        }),
      );
      expect(error).toMatchObject({ name: "ProtocolError" });
      expect((error as { readonly permanent?: boolean }).permanent).toBe(permanent);
      expect(error.message).toBe(
        `DescribeTask of "t-1" was answered with HTTP ${status} to "${elsewhere.origin}/new/": redirects are not followed`,
      );
      expect(elsewhere.seen).toHaveLength(0);
    },
  );

  it.each([null, {}])("mean an unknown task when Data is %j", async (Data) => {
    const error = await described(await peerThat((response) => json(response, { RequestId: "R", Data })));
    expect(error).toMatchObject({ name: "TaskNotFoundError", taskId: "t-1" });
  });

  it.each(["gzip", "x-gzip", "deflate", "br", "zstd", "gzip, gzip"])(
    "may not come as %s, which was not asked for",
    async (encoding) => {
      const peer = await peerThat((response) => {
        response
          .writeHead(200, { "content-encoding": encoding })
          .end(gzipSync(JSON.stringify({ Data: TASK })));
      });
      const error = await described(peer);
      expect(error.name).toBe("ProtocolError");
      expect(error.message).toContain(`in an encoding that was not asked for: "${encoding}"`);
      expect(peer.seen[0]?.headers["accept-encoding"]).toBe("identity");
    },
  );

  it("are cut off at 16 MiB, and the connection with them", async () => {
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
    expect(error.message).toBe('DescribeTask of "t-1" was answered with more than 16 MiB');
    await expect.poll(() => peer.sockets.every((socket) => socket.destroyed)).toBe(true);
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
